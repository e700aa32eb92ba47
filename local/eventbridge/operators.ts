import { parseAnythingBut } from './anything-but.ts';
import { isWithin, parseAddress, parseCidr } from './cidr.ts';
import { isLeaf, isObject, type Leaf } from './fields.ts';
import type { ValueTest } from './match.ts';
import { isInside, parseNumeric } from './numeric.ts';
import { pathOf, type Report } from './report.ts';
import { parseStringTest, type StringOperator, type StringTest } from './strings.ts';

/** What one element of a pattern's array asks for: a value that passes, or that the field is absent. */
export type Matcher = ValueTest | 'absent';

type ParseOperand = (operand: unknown, path: string, report: Report) => Matcher | undefined;

const onStrings =
  (test: StringTest): ValueTest =>
  (value) =>
    typeof value === 'string' && test(value);

/** A plain string that is an IP address matches every spelling of that address, as EventBridge compiles it to a range. */
const equalTo = (expected: Leaf): ValueTest => {
  const address = typeof expected === 'string' ? parseAddress(expected) : undefined;
  if (address === undefined) return (value) => value === expected;
  const single = { bits: address.bits, low: address.value, high: address.value };
  return onStrings((value) => isWithin(single, value));
};

const parseString =
  (operator: StringOperator): ParseOperand =>
  (operand, path, report) => {
    const test = parseStringTest(operator, operand, path, report);
    return test === undefined ? undefined : onStrings(test);
  };

const parseAffix =
  (operator: 'prefix' | 'suffix'): ParseOperand =>
  (operand, path, report) => {
    if (!isObject(operand)) return parseString(operator)(operand, path, report);
    const [name, ...others] = Object.keys(operand);
    if (name !== 'equals-ignore-case' || others.length > 0) {
      return report(path, 'must be a string or {"equals-ignore-case": string}');
    }
    return parseString(`${operator}.${name}`)(operand[name], `${path}.${name}`, report);
  };

const parseExactly: ParseOperand = (operand, path, report) =>
  typeof operand === 'string' ? (value) => value === operand : report(path, 'must be a string');

const parseRange: ParseOperand = (operand, path, report) => {
  const interval = parseNumeric(operand);
  if ('problem' in interval) return report(path, interval.problem);
  return (value) => typeof value === 'number' && isInside(interval, value);
};

const parseBlock: ParseOperand = (operand, path, report) => {
  if (typeof operand !== 'string') return report(path, 'must be a string');
  const range = parseCidr(operand);
  return 'problem' in range ? report(path, range.problem) : onStrings((value) => isWithin(range, value));
};

const parseExists: ParseOperand = (operand, path, report) => {
  if (typeof operand !== 'boolean') return report(path, 'must be true or false');
  return operand ? () => true : 'absent';
};

const operators: ReadonlyMap<string, ParseOperand> = new Map([
  ['exactly', parseExactly],
  ['prefix', parseAffix('prefix')],
  ['suffix', parseAffix('suffix')],
  ['equals-ignore-case', parseString('equals-ignore-case')],
  ['wildcard', parseString('wildcard')],
  ['anything-but', parseAnythingBut],
  ['numeric', parseRange],
  ['cidr', parseBlock],
  ['exists', parseExists],
]);

/** Reads one element of the array that a pattern has for a field: a plain value, or an object with one operator. */
export const parseMatcher: ParseOperand = (element, path, report) => {
  if (isLeaf(element)) return equalTo(element);
  if (!isObject(element)) return report(path, 'must be a string, a number, true, false, null or an operator');
  const [name = '', ...others] = Object.keys(element);
  if (name === '' || others.length > 0) return report(path, 'must have exactly one operator');
  const parse = operators.get(name);
  if (parse === undefined) return report(pathOf(path, name), `"${name}" is not an operator`);
  return parse(element[name], pathOf(path, name), report);
};
