import type { ServedRepository } from '#local/git-server/repository.ts';
import { accountOf, idOf, nodeId } from '../account.ts';
import { type RepositoryFacts, repositoryOf, timestamp } from '../repository.ts';

/** A pull request as GitHub keeps it. Times in milliseconds since 1970. */
export interface Pull {
  readonly number: number;
  readonly repository: ServedRepository;
  readonly head: string;
  readonly base: string;
  readonly by: string;
  readonly createdAt: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  updatedAt: number;
  /** The commits that both branches had when it was last looked at. */
  headSha: string;
  baseSha: string;
  merged?: { readonly commit: string; readonly by: string; readonly at: number };
}

const whenOf = (at: number | undefined): string | null => (at === undefined ? null : timestamp(at));

/** As it stands in answers and webhooks. */
export const pullOf = (pull: Pull, facts: RepositoryFacts) => {
  const { host } = new URL(facts.htmlUrl);
  const [owner = ''] = facts.fullName.split('/');
  const id = idOf(`pull ${facts.fullName} ${pull.number}`);
  const page = `${facts.htmlUrl}/pull/${pull.number}`;
  const repository = repositoryOf(facts);
  const user = accountOf(owner, 'Organization', host);
  const closedAt = pull.state === 'closed' ? pull.updatedAt : undefined;
  return {
    id,
    node_id: nodeId('PullRequest', id),
    number: pull.number,
    url: `${repository.url}/pulls/${pull.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    user: accountOf(pull.by, 'User', host),
    labels: [],
    draft: false,
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: whenOf(closedAt),
    merged_at: whenOf(pull.merged?.at),
    merged: pull.merged !== undefined,
    merged_by: pull.merged === undefined ? null : accountOf(pull.merged.by, 'User', host),
    merge_commit_sha: pull.merged?.commit ?? null,
    head: { label: `${owner}:${pull.head}`, ref: pull.head, sha: pull.headSha, user, repo: repository },
    base: { label: `${owner}:${pull.base}`, ref: pull.base, sha: pull.baseSha, user, repo: repository },
  };
};

/** The payload of `pull_request`. */
export const pullPayload = (action: string, pull: Pull, facts: RepositoryFacts, sender: string) => ({
  action,
  number: pull.number,
  pull_request: pullOf(pull, facts),
  repository: repositoryOf(facts),
  sender: accountOf(sender, 'User', new URL(facts.htmlUrl).host),
});
