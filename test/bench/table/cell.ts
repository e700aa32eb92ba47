import type { Sample } from '../measure.ts';

/** What one contender took, in the median. */
export interface Cell {
  readonly name: string;
  readonly ms: number;
  readonly requests: number;
  readonly connections: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (upper + lower) / 2;
};

export const cellOf = (name: string, samples: readonly Sample[]): Cell => ({
  name,
  ms: median(samples.map(({ ms }) => ms)),
  requests: median(samples.map(({ requests }) => requests)),
  connections: median(samples.map(({ connections }) => connections)),
});

/** The median of the rounds' ratios: what slowed a whole round down slowed both. */
export const ratioOf = (some: readonly Sample[], others: readonly Sample[]): number =>
  median(some.map(({ ms }, round) => ms / (others[round]?.ms ?? Number.NaN)));
