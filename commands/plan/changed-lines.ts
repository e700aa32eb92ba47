/** A line that would change. */
export interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Where two texts begin to differ, a line each. */
const firstDifference = (old: readonly string[], fresh: readonly string[]): number => {
  const at = fresh.findIndex((text, line) => text !== old[line]);
  return at < 0 ? fresh.length : at;
};

/** The lines that differ; of an edit that adds an entry, those that it adds. */
export const changedLines = (file: string, before: Buffer | undefined, after: Buffer): Line[] => {
  if (before === undefined || before === after) return [];
  const [old, fresh] = [before, after].map((content) => content.toString('latin1').split('\n'));
  if (old === undefined || fresh === undefined) return [];
  if (old.length === fresh.length)
    return fresh.flatMap((text, at) => (text === old[at] ? [] : [{ file, line: at + 1 }]));
  const from = firstDifference(old, fresh);
  const to = fresh.length - firstDifference(old.toReversed(), fresh.toReversed());
  return Array.from({ length: Math.max(to - from, 1) }, (_, at) => ({ file, line: from + at + 1 }));
};
