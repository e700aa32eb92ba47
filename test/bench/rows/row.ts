import type { Site } from '../site/site.ts';
import type { Cell } from '../table/cell.ts';

/** One line of the table, measured. */
export interface Measured {
  readonly ours: Cell;
  readonly rival: Cell;
  /** What else was tried, for comparison. */
  readonly others: readonly Cell[];
  readonly floor?: Cell | undefined;
  readonly ratios: readonly Ratio[];
}

/** How often one took as long as another, and what it should be. */
export interface Ratio {
  /** `times faster`, `times the floor` */
  readonly of: string;
  readonly value: number;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  /** `value` is a count. */
  readonly whole?: boolean;
}

export interface Row {
  /** What `--only` looks for. */
  readonly id: string;
  readonly what: string;
  /** Whether it is small enough for `--quick`. */
  readonly quick: boolean;
  /** What stands in the way where a number is not reached. */
  readonly obstacle?: string | undefined;
  measure(site: Site, runs: number): Promise<Measured>;
}
