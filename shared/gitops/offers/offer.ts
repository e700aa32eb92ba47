import type { Change, Edit, Intent, Result, Wish } from '../intent.ts';
import type { LockedImage } from '../lock.ts';
import type { Said } from '../message.ts';
import type { NewestBy } from '../order.ts';

/** A service's environment whose images come by pull requests. */
export interface OfferedPlace {
  readonly service: string;
  readonly environment: string;
  /** Where each image is written, by its target: so that what is open can be applied again. */
  readonly edits: Readonly<Record<string, readonly Edit[]>>;
  readonly pin: boolean;
  readonly newestBy: NewestBy;
}

/** The branch of a place's pull request. */
export const offerBranch = ({ service, environment }: Pick<OfferedPlace, 'service' | 'environment'>): string =>
  `fairlead/${service}/${environment}`;

/** What stands on the branch of a place now. */
export interface Standing {
  readonly branch: string;
  readonly revision: string;
  /** The commit of the base that it is built on. */
  readonly base: string;
  /** Of its commit: the subject, who asked for what, and the trailers. */
  readonly message: string;
  /** Everything that is in it, with what was asked for before. */
  readonly wishes: readonly Wish[];
}

export interface Offered {
  /** Of each wish, in their order. */
  readonly results: readonly Result[];
  /** Undefined where nothing is offered. */
  readonly standing?: Standing | undefined;
  /** What was offered before, and something newer has taken the place of. */
  readonly replaced: readonly Intent[];
}

/** An image that the merge of a pull request brought, or that its end left behind. */
export type Brought = LockedImage & Said & Change & { readonly target: string };

/** What is known of the pull requests from a place's branch. */
export interface Pulls {
  readonly isOpen: boolean;
  /** The branch's commits at which pull requests were merged or closed: what stands there is history. */
  readonly ended: readonly string[];
}
