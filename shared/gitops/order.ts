/** The place of an image among all images of its target. */
export interface Order {
  /** ISO 8601, UTC. */
  readonly order: string;
  readonly digest: string;
}

/** Greater than zero if `left` is newer. Equal times are decided by the digest, so that ties have one winner everywhere. */
export const compareOrder = (left: Order, right: Order): number => {
  const byTime = Date.parse(left.order) - Date.parse(right.order);
  if (byTime !== 0) return byTime;
  if (left.digest === right.digest) return 0;
  return left.digest > right.digest ? 1 : -1;
};
