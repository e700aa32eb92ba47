import type { EventOf } from '#events/event.ts';
import type { imageCommitted } from '#events/images.ts';

/**
 * What Argo CD reads of GitHub's push (argoproj/argo-cd, util/webhook/webhook.go). `before` is left out: with it, Argo CD moves
 * its manifest cache from there for the applications that the files do not concern, and we do not know it.
 */
export interface Push {
  readonly ref: string;
  readonly after: string;
  readonly repository: {
    readonly name: string;
    readonly full_name: string;
    readonly html_url: string;
    readonly default_branch: string;
  };
  readonly commits: readonly {
    readonly id: string;
    readonly timestamp: string;
    readonly added: readonly string[];
    readonly modified: readonly string[];
    readonly removed: readonly string[];
  }[];
}

const parts = /^(?:(?:https?|ssh):\/\/)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/]\/*(.+)$/;

/**
 * The page of a repository on the web, from any URL that git clones it by. Argo CD compares host and path with its
 * applications' `repoURL`, whatever scheme, user, port or `.git` that has.
 */
export const pageOf = (repository: string): string => {
  const [, host, path] = parts.exec(repository) ?? [];
  if (!host || !path) throw new Error(`${repository} is not the URL of a git repository.`);
  const name = path.replace(/\/+$/, '').replace(/\.git$/, '');
  return `https://${host.replace(/^(alt)?ssh\./, '')}/${name}`;
};

/** A commit of ours, told as GitHub tells of a push. No files (nothing changed) refreshes every application. */
export const pushOf = (
  commit: EventOf<typeof imageCommitted>,
  { repository, branch }: { readonly repository: string; readonly branch: string },
): Push => {
  const { gitops, changed } = commit.data.subject.content;
  const page = pageOf(repository);
  const fullName = new URL(page).pathname.slice(1);
  return {
    ref: `refs/heads/${branch}`,
    after: gitops.revision,
    repository: {
      name: fullName.slice(fullName.lastIndexOf('/') + 1),
      full_name: fullName,
      html_url: page,
      default_branch: branch, // so that applications which follow HEAD are refreshed, too
    },
    commits: changed
      ? [{ id: gitops.revision, timestamp: commit.time, added: [], modified: gitops.files, removed: [] }]
      : [],
  };
};
