import { endsIgnoringCase, equalsIgnoringCase, foldCase, startsIgnoringCase } from './ignore-case.ts';
import type { Report } from './report.ts';
import { parseWildcard, wildcardMatches } from './wildcard.ts';

export type StringTest = (value: string) => boolean;

const wildcard = (text: string): StringTest | { problem: string } => {
  const parsed = parseWildcard(text);
  return 'problem' in parsed ? parsed : (value) => wildcardMatches(parsed, value);
};

const ignoringCase =
  (test: typeof equalsIgnoringCase) =>
  (text: string): StringTest => {
    const folded = foldCase(text);
    return (value) => test(folded, value);
  };

const operators = {
  prefix:
    (text: string): StringTest =>
    (value) =>
      value.startsWith(text),
  suffix:
    (text: string): StringTest =>
    (value) =>
      value.endsWith(text),
  'equals-ignore-case': ignoringCase(equalsIgnoringCase),
  'prefix.equals-ignore-case': ignoringCase(startsIgnoringCase),
  'suffix.equals-ignore-case': ignoringCase(endsIgnoringCase),
  wildcard,
};

/** The operators that compare text; those with a dot are nested in a pattern. */
export type StringOperator = keyof typeof operators;

/** Reads the operand of a text operator. */
export const parseStringTest = (
  operator: StringOperator,
  operand: unknown,
  path: string,
  report: Report,
): StringTest | undefined => {
  if (typeof operand !== 'string') return report(path, 'must be a string');
  const test = operators[operator](operand);
  return 'problem' in test ? report(path, test.problem) : test;
};
