import { isObject, joinPath } from './fields.ts';
import type { Branch, Condition } from './match.ts';
import { parseMatcher } from './operators.ts';
import { type PatternProblem, pathOf, type Report } from './report.ts';

/** The conditions of one way through the `$or`s, by field. */
type Draft = ReadonlyMap<string, Condition>;

/** Where in the pattern we are: its own path, the field that it speaks of, and whether a `$or` is around it. */
interface Place {
  readonly path: string;
  readonly field: string;
  readonly withinOr: boolean;
}

/** Names that EventBridge keeps for operators: a `$or` that uses one as a field is not a `$or`. */
const RESERVED = new Set(
  [
    ['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'],
    ['=', '<', '<=', '>', '>=', 'regex', 'html', 'not-wildcard', 'not-equals-ignore-case'],
    ['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
    ['ip-address-in-range', 'ip-address-not-in-range'],
  ].flat(),
);

/** Every `$or` multiplies the ways through a pattern; a pattern with more than this is a mistake. */
const MAXIMUM_BRANCHES = 1000;

const parseField = (array: readonly unknown[], { path, field }: Place, report: Report): Condition => {
  if (array.length === 0) report(path, 'must not be an empty array');
  const matchers = array.map((element, index) => parseMatcher(element, `${path}[${index}]`, report));
  const tests = matchers.filter((matcher) => typeof matcher === 'function');
  return { field, absent: matchers.includes('absent'), tests };
};

const parseOr = (operand: unknown, place: Place, drafts: readonly Draft[], report: Report): readonly Draft[] => {
  if (!Array.isArray(operand) || operand.length < 2 || !operand.every(isObject)) {
    report(place.path, 'must be an array of at least two objects');
    return drafts;
  }
  if (drafts.length * operand.length > MAXIMUM_BRANCHES) {
    report(place.path, `makes more than ${MAXIMUM_BRANCHES} combinations`);
    return drafts;
  }
  return operand.flatMap((alternative, index) =>
    parseObject(alternative, { ...place, path: `${place.path}[${index}]`, withinOr: true }, drafts, report),
  );
};

const parseEntry = (
  key: string,
  value: unknown,
  parent: Place,
  drafts: readonly Draft[],
  report: Report,
): readonly Draft[] => {
  const place = { ...parent, path: pathOf(parent.path, key), field: joinPath(parent.field, key) };
  if (key === '$or') return parseOr(value, { ...place, field: parent.field }, drafts, report);
  if (parent.withinOr && RESERVED.has(key)) report(place.path, `"${key}" can't be the name of a field within $or`);
  if (isObject(value)) return parseObject(value, place, drafts, report);
  if (!Array.isArray(value)) {
    report(place.path, 'must be an array of values or an object');
    return drafts;
  }
  const condition = parseField(value, place, report);
  // Set, not and-ed: of two rules for one field the later one counts, whether or not one of them is within a $or.
  return drafts.map((draft) => new Map([...draft, [place.field, condition]]));
};

const parseObject = (
  pattern: Readonly<Record<string, unknown>>,
  place: Place,
  drafts: readonly Draft[],
  report: Report,
): readonly Draft[] => {
  const entries = Object.entries(pattern);
  if (entries.length === 0) report(place.path, 'must not be an empty object');
  return entries.reduce((soFar, [key, value]) => parseEntry(key, value, place, soFar, report), drafts);
};

const inOrderOfFields = (draft: Draft): Branch => [...draft.values()].sort((a, b) => (a.field < b.field ? -1 : 1));

/** Reads a whole pattern into the ways of matching it, together with everything that is wrong with it. */
export const compile = (pattern: unknown): { branches: readonly Branch[]; problems: readonly PatternProblem[] } => {
  const problems: PatternProblem[] = [];
  const report: Report = (path, message) => {
    problems.push({ path, message });
  };
  if (!isObject(pattern)) return { branches: [], problems: [{ path: '$', message: 'must be an object' }] };
  const drafts = parseObject(pattern, { path: '$', field: '', withinOr: false }, [new Map()], report);
  return { branches: drafts.map(inOrderOfFields), problems };
};
