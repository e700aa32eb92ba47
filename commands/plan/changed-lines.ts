/** A line that would change. */
export interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Lines that differ. An edit changes values and never the number of lines. */
export const changedLines = (file: string, before: Buffer | undefined, after: Buffer): Line[] => {
  if (before === undefined || before === after) return [];
  const old = before.toString('latin1').split('\n');
  return after
    .toString('latin1')
    .split('\n')
    .flatMap((text, at) => (text === old[at] ? [] : [{ file, line: at + 1 }]));
};
