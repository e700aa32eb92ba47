import type { Image } from '#events/image.ts';
import type { NewestBy } from './order.ts';
import type { SshKey } from './ssh/private-key.ts';

/** Who commits. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A GitOps repository: its name in the configuration, where it is, and how it is written. */
export interface GitRepository {
  readonly name: string;
  /** `https://host/path.git`, without credentials; or `ssh://user@host/path.git`, or `user@host:path.git`. */
  readonly url: string;
  readonly branch: string;
  /** The HTTP password of the user `x-access-token`. */
  readonly token?: string | undefined;
  /** Of a repository that is reached by SSH: the key, and the lines of `known_hosts` by which its host is known. */
  readonly ssh?: { readonly key: SshKey; readonly knownHosts: readonly string[] } | undefined;
  /** Fairlead itself if not given. */
  readonly author?: Author | undefined;
  /** Of commits: see `commitMessage`. */
  readonly subject?: string | undefined;
  /** Gives the signature over a commit's bytes, in armour. */
  readonly sign?: ((commit: Buffer) => string) | undefined;
}

/**
 * Where an image is written: a folder whose contents decide how (`addMissing`: an entry may be added to its kustomization), or
 * a file, in which the image is found or a key names it.
 */
export type Edit =
  | { readonly path: string; readonly addMissing?: boolean | undefined }
  | { readonly file: string; readonly key?: string | undefined };

/** What is asked for one image of a service in one environment, and by whom. */
interface Asked {
  /** The id of the event that asks: what comes again is known by it. */
  readonly event: string;
  /** The event's: ISO 8601, UTC. */
  readonly time: string;
  readonly chain: string;
  readonly service: string;
  readonly environment: string;
  /** The image's name under the service's `images`. */
  readonly target: string;
  readonly actor: string;
}

/** One image that should run in one place, and everything that decides whether it will. */
export interface Intent extends Asked {
  readonly image: Image;
  /** When it came, by which "newer" is decided: ISO 8601, UTC. */
  readonly order: string;
  /** Whether the version in the tag decides first. By time alone if not given. */
  readonly newestBy?: NewestBy | undefined;
  readonly reason: 'published' | 'rollback' | 'promotion' | 'request';
  /** The digest that this image replaces; if something else is there by now, nothing is done. A rollback has one. */
  readonly expected?: string | undefined;
  /** `observe` does everything but push. */
  readonly mode: 'write' | 'observe';
  /** Write `tag@digest`. What is pinned already stays pinned. */
  readonly pin: boolean;
  readonly edits: readonly Edit[];
  /** The commit that the image was built from. */
  readonly commit?: string | undefined;
}

/** A digest that must not run in one place, or may again: a change of the lock alone. */
export interface Hold extends Asked {
  readonly action: 'hold' | 'release';
  readonly digest: string;
}

/** Whatever is asked of a GitOps repository. */
export type Wish = Intent | Hold;

export const isHold = (wish: Wish): wish is Hold => 'action' in wish;

/** The manifests that a wish concerns: a hold has none. */
export const editsOf = (wish: Wish): readonly Edit[] => (isHold(wish) ? [] : wish.edits);

/** What a manifest says of an image. */
export interface Written {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

export interface Change {
  /** Unified, of the manifests that the intent names (the lock is left out). */
  readonly diff: string;
  /** The manifests that the intent names. */
  readonly files: readonly string[];
  readonly previous: Written;
  /** Fairlead put no image here before. */
  readonly first: boolean;
}

export interface Revision {
  readonly revision: string;
  /** ISO 8601, UTC. */
  readonly committedAt: string;
}

/** What became of a wish. */
export type Result =
  | ({ readonly outcome: 'committed' } & Revision & Change)
  /** It was there already: `revision` brought it, or is the branch's head where that can't be told. */
  | ({ readonly outcome: 'unchanged' } & Revision & Change)
  | ({ readonly outcome: 'proposed' } & Change)
  /** It is on the branch of a pull request, at that branch's `revision`. */
  | ({ readonly outcome: 'offered' } & Revision & Change)
  /** A hold, or its end, is in the lock; `changed` is false where it was so already. */
  | ({ readonly outcome: 'recorded'; readonly changed: boolean } & Revision)
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string }
  /** The server takes no such commit until a person acts. */
  | { readonly outcome: 'declined'; readonly message: string };

/** `checkout/staging/app`, as messages name it. */
export const placeName = ({ service, environment, target }: Asked): string => `${service}/${environment}/${target}`;
