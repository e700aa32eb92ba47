import { isObject } from './fields.ts';
import type { ValueTest } from './match.ts';
import { problemOfNumber } from './numeric.ts';
import { pathOf, type Report } from './report.ts';
import { parseStringTest, type StringOperator } from './strings.ts';

/**
 * Reads the operand of `anything-but`. The field must be there; any value passes that isn't one of those named, and
 * that includes values of another type: null, true and 5 all pass `{"anything-but": "5"}`.
 */
export const parseAnythingBut = (operand: unknown, path: string, report: Report): ValueTest | undefined => {
  if (isObject(operand)) return parseButOperator(operand, path, report);
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) return report(path, 'must not be empty');
  if (values.every((value) => typeof value === 'string')) return butValues(values);
  if (!values.every((value) => typeof value === 'number')) {
    return report(path, 'must be a string, a number, a list of only strings or only numbers, or an operator');
  }
  const problem = values.map(problemOfNumber).find((found) => found !== undefined);
  return problem === undefined ? butValues(values) : report(path, problem);
};

const butValues = (values: readonly (string | number)[]): ValueTest => {
  const excluded = new Set<unknown>(values);
  return (value) => !excluded.has(value);
};

const parseOperatorName = (name: string | undefined): StringOperator | undefined => {
  switch (name) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return name;
    default:
      return undefined;
  }
};

const parseButOperator = (
  operand: Readonly<Record<string, unknown>>,
  path: string,
  report: Report,
): ValueTest | undefined => {
  const [name = '', ...others] = Object.keys(operand);
  if (name === '' || others.length > 0) return report(path, 'must have exactly one operator');
  const operator = parseOperatorName(name);
  const at = pathOf(path, name);
  if (operator === undefined) return report(at, `"${name}" is not an operator of anything-but`);
  const inner = operand[name];
  const texts: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  if (texts.length === 0) return report(at, 'must not be empty');
  if ((operator === 'prefix' || operator === 'suffix') && texts.includes('')) {
    return report(at, 'must not be the empty string');
  }
  const tests = texts.map((text, index) =>
    parseStringTest(operator, text, Array.isArray(inner) ? `${at}[${index}]` : at, report),
  );
  if (tests.includes(undefined)) return undefined;
  return (value) => typeof value !== 'string' || !tests.some((test) => test?.(value));
};
