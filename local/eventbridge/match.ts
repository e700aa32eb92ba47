import type { EventField, Leaf } from './fields.ts';

export type ValueTest = (value: Leaf) => boolean;

/** What a pattern says of one field: one of the tests holds, or, if `absent`, there is no such field. */
export interface Condition {
  readonly field: string;
  readonly absent: boolean;
  readonly tests: readonly ValueTest[];
}

/** Conditions that must all hold, in the order of their field names: the order matters to `absent`, as on AWS. */
export type Branch = readonly Condition[];

type Elements = ReadonlyMap<number, number>;

/** Two fields go together unless they are in different elements of one array. */
const together = (chosen: Elements, field: Elements): Elements | undefined => {
  for (const [array, index] of field) if ((chosen.get(array) ?? index) !== index) return undefined;
  return field.size === 0 ? chosen : new Map([...chosen, ...field]);
};

interface Candidate {
  readonly condition: Condition;
  readonly fields: readonly EventField[];
  /** Where a value passes; the values of one array of scalars count once. */
  readonly places: readonly Elements[];
}

const candidateOf = (condition: Condition, fields: readonly EventField[]): Candidate => {
  const passing = fields.filter(({ value }) => condition.tests.some((test) => test(value)));
  return { condition, fields, places: [...new Set(passing.map(({ elements }) => elements))] };
};

const holdFrom = (candidates: readonly Candidate[], index: number, chosen: Elements): boolean => {
  const candidate = candidates[index];
  if (candidate === undefined) return true;
  const { condition, fields, places } = candidate;
  const absent = () => fields.every(({ elements }) => together(chosen, elements) === undefined);
  if (condition.absent && absent() && holdFrom(candidates, index + 1, chosen)) return true;
  return places.some((place) => {
    const next = together(chosen, place);
    return next !== undefined && holdFrom(candidates, index + 1, next);
  });
};

export const branchMatches = (branch: Branch, fields: ReadonlyMap<string, readonly EventField[]>): boolean => {
  const candidates = branch.map((condition) => candidateOf(condition, fields.get(condition.field) ?? []));
  const possible = candidates.every(({ condition, places }) => condition.absent || places.length > 0);
  return possible && holdFrom(candidates, 0, new Map());
};
