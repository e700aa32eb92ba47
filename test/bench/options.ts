import { parseArgs } from 'node:util';

export interface Options {
  /** Only the rows whose id contains this. */
  readonly only: string | undefined;
  /** How often each contender runs in a row. */
  readonly runs: number;
  /** The smallest repositories, one run: whether the bench itself works. */
  readonly quick: boolean;
  readonly markdown: boolean;
}

const usage = 'npm run bench -- [--only <part of a row>] [--runs <n>] [--quick] [--markdown]';

/** Reads the command line; throws with the usage for what it does not know. */
export const readOptions = (args: readonly string[]): Options => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        runs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
      },
    });
    const runs = Number(values.runs ?? (values.quick ? 1 : 5));
    if (!Number.isInteger(runs) || runs < 1 || runs > 100) throw new Error('--runs takes a number from 1 to 100.');
    return { only: values.only, runs, quick: values.quick, markdown: values.markdown };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
};
