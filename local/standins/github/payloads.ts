import { accountOf, loginOf } from './account.ts';
import type { Commit, Push } from './read-push.ts';
import { pushedRepositoryOf, type RepositoryFacts, repositoryOf, timestamp } from './repository.ts';

interface Person {
  name: string;
  email: string;
}

const identityOf = ({ name, email }: Person) => ({ name, email, username: loginOf(name) });

const commitOf = (commit: Commit, htmlUrl: string) => ({
  id: commit.id,
  tree_id: commit.treeId,
  distinct: commit.distinct,
  message: commit.message,
  timestamp: timestamp(Date.parse(commit.timestamp)),
  url: `${htmlUrl}/commit/${commit.id}`,
  author: identityOf(commit.author),
  committer: identityOf(commit.committer),
  added: commit.added,
  removed: commit.removed,
  modified: commit.modified,
});

const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '');

/** A page with the difference; for a new ref, of its one commit or of all of them. */
const compareOf = ({ ref, before, after, created, commits }: Push, htmlUrl: string): string => {
  if (!created) return `${htmlUrl}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`;
  if (commits.length === 1) return `${htmlUrl}/commit/${after}`;
  return `${htmlUrl}/compare/${shortRef(ref).split('/').map(encodeURIComponent).join('/')}`;
};

const senderOf = (pusher: Person, htmlUrl: string) => accountOf(loginOf(pusher.name), 'User', new URL(htmlUrl).host);

/** The payload of `push`. */
export const pushPayload = (push: Push, pusher: Person, repository: RepositoryFacts) => ({
  ref: push.ref,
  before: push.before,
  after: push.after,
  repository: pushedRepositoryOf(repository),
  pusher: { name: loginOf(pusher.name), email: pusher.email },
  sender: senderOf(pusher, repository.htmlUrl),
  created: push.created,
  deleted: push.deleted,
  forced: push.forced,
  base_ref: push.baseRef,
  compare: compareOf(push, repository.htmlUrl),
  commits: push.commits.map((commit) => commitOf(commit, repository.htmlUrl)),
  head_commit: push.head && commitOf(push.head, repository.htmlUrl),
});

/** The payload of `create` and, with fewer fields, of `delete`. */
export const refPayload = ({ ref, created }: Push, pusher: Person, repository: RepositoryFacts) => ({
  ref: shortRef(ref),
  ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
  ...(created && { master_branch: repository.defaultBranch, description: null }),
  pusher_type: 'user',
  repository: repositoryOf(repository),
  sender: senderOf(pusher, repository.htmlUrl),
});
