import type { Entry } from '#shared/gitops/snapshot.ts';
import type { SeenImage } from '../seen-image.ts';
import type { TagPolicy } from './tag-policy.ts';
import type { Unit } from './units.ts';

export interface DraftEdit {
  readonly file: string;
  readonly key?: string | undefined;
  /** The image's name in its service. */
  readonly image: string;
}

export interface DraftEnvironment {
  readonly name: string;
  readonly guessed: boolean;
  readonly gitops: string;
  /** A folder, or the places of each image. */
  readonly edits: { readonly path: string } | readonly DraftEdit[];
  readonly applications: readonly string[];
  /** ApplicationSets that make applications of it whose names only a cluster knows. */
  readonly sets: readonly string[];
  readonly tags?: TagPolicy | undefined;
  /** What was seen there, each with its target. */
  readonly places: readonly { readonly target: string; readonly image: SeenImage }[];
}

export interface DraftService {
  readonly name: string;
  /** `registry/repository` by target. */
  readonly images: Readonly<Record<string, string>>;
  readonly environments: readonly DraftEnvironment[];
  /** The service that is there already, and gets these environments too. */
  readonly known?: KnownService | undefined;
}

/** A service of the configuration. */
export interface KnownService {
  readonly name: string;
  readonly team: string;
  /** The file that defines it. */
  readonly file: string;
  readonly images: Readonly<Record<string, string>>;
  readonly environments: readonly { readonly name: string }[];
}

/** What the draft needs to know of the repositories. */
export interface Surroundings {
  readonly entriesOf: (gitops: string) => ReadonlyMap<string, Entry>;
  /** The applications that deploy a place, by their names, and by their set where only a cluster knows these. */
  readonly applicationsOf: (image: SeenImage) => {
    readonly names: readonly string[];
    readonly sets: readonly string[];
  };
  readonly known: readonly KnownService[];
  /** Names that the configuration has already: of services that are switched off, too. */
  readonly taken: ReadonlySet<string>;
}

/** An image, and where it runs. */
export interface Member {
  readonly repository: string;
  /** The image's name, as far as a service may have it. */
  readonly name: string;
  readonly units: readonly Unit[];
}
