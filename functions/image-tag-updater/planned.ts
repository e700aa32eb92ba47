import type { Wish } from '#shared/gitops/intent.ts';
import type { OfferedPlace } from '#shared/gitops/offers/offer.ts';

/** A request that can be written: to which repository of the configuration, and what. */
export interface Planned {
  readonly gitops: string;
  readonly wish: Wish;
  /** By a pull request of this place, and not straight to the branch. */
  readonly place?: OfferedPlace | undefined;
}
