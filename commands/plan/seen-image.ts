import type { Written } from '#shared/gitops/intent.ts';

/** A place of a repository that says which image runs. */
export interface SeenImage {
  /** Of the GitOps repository, in the configuration. */
  readonly gitops: string;
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly format: string;
  /** The image that runs, without tag and digest. */
  readonly repository: string;
  /** All names that it goes by there. */
  readonly names: readonly string[];
  readonly written: Written;
  /** Why the place itself can't be edited, in the writer's words. */
  readonly refused?: { readonly code: string; readonly message: string } | undefined;
}
