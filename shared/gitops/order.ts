import { compare, valid } from 'semver';

/** What decides which image is newer: when it came, or the version in its tag. */
export type NewestBy = 'time' | 'version';

/** The place of an image among all images of its target. */
export interface Order {
  /** ISO 8601, UTC. */
  readonly order: string;
  readonly tag: string;
  readonly digest: string;
}

/** As npm's semver has it: a `v` in front and build metadata say nothing, a pre-release comes before its release. */
const byVersion = (left: Order, right: Order): number => {
  const [one, other] = [valid(left.tag), valid(right.tag)];
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return compare(one, other);
};

/**
 * Greater than zero if `left` is newer: a total order for each `newestBy`, so that the newest of some images is the same in
 * whatever order they come. Where versions decide, any is above what is none, and equal ones are decided by their times. Equal
 * times are decided by the digest, so that ties have one winner everywhere.
 */
export const compareOrder = (left: Order, right: Order, newestBy: NewestBy = 'time'): number => {
  const difference = newestBy === 'version' ? byVersion(left, right) : 0;
  if (difference !== 0) return difference;
  const byTime = Date.parse(left.order) - Date.parse(right.order);
  if (byTime !== 0) return byTime;
  if (left.digest === right.digest) return 0;
  return left.digest > right.digest ? 1 : -1;
};
