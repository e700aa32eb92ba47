import type { Wish } from '#shared/gitops/intent.ts';

/** A request that can be written: to which repository of the configuration, and what. */
export interface Planned {
  readonly gitops: string;
  readonly wish: Wish;
}
