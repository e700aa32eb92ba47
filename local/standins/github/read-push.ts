import type { RefUpdate } from '#local/git-server/push.ts';
import type { PushedCommit, ServedRepository } from '#local/git-server/repository.ts';
import { runGit } from '#local/git-server/run-git.ts';

export interface Commit extends PushedCommit {
  treeId: string;
  committer: { name: string; email: string };
  /** No other branch had it before. */
  distinct: boolean;
}

/** What git knows of one ref that a push changed. */
export interface Push extends RefUpdate {
  created: boolean;
  deleted: boolean;
  forced: boolean;
  /** The branch that already stood at the pushed commit, where the ref is new. */
  baseRef: string | null;
  /** Oldest first. */
  commits: Commit[];
  head: Commit | null;
}

/** GitHub lists no more of a push. */
const mostCommits = 2048;

const noCommit = /^0+$/;

const linesOf = async (directory: string, args: readonly string[]): Promise<string[]> => {
  const printed = await runGit(directory, args);
  return printed.toString('utf8').split('\n').filter(Boolean);
};

/** The branches besides the pushed ref, which has its new commit by now. */
const otherBranches = async ({ directory }: ServedRepository, pushed: string) => {
  const lines = await linesOf(directory, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads']);
  return lines
    .map((line) => ({ commit: line.slice(0, line.indexOf(' ')), ref: line.slice(line.indexOf(' ') + 1) }))
    .filter(({ ref }) => ref !== pushed);
};

/** Adds what the git server doesn't tell of commits. */
const completed = async (
  { directory }: ServedRepository,
  commits: readonly PushedCommit[],
  others: readonly string[],
): Promise<Commit[]> => {
  if (commits.length === 0) return [];
  const ids = commits.map(({ id }) => id);
  const known = others.map((commit) => `^${commit}`);
  const [facts, unknown] = await Promise.all([
    linesOf(directory, ['log', '--no-walk=unsorted', '--format=%T%x1f%cn%x1f%ce', ...ids, '--']),
    linesOf(directory, ['rev-list', ...ids, ...known]),
  ]);
  const distinct = new Set(unknown);
  return commits.map((commit, at) => {
    const [treeId = '', name = '', email = ''] = facts[at]?.split('\x1f') ?? [];
    return { ...commit, treeId, committer: { name, email }, distinct: distinct.has(commit.id) };
  });
};

const isForced = async ({ directory }: ServedRepository, before: string, after: string): Promise<boolean> =>
  (await linesOf(directory, ['rev-list', '--max-count=1', before, `^${after}`])).length > 0;

/** The commit where the pushed ones start: for a new branch that is what the default branch has. */
const startOf = async (repository: ServedRepository, { ref, before }: RefUpdate): Promise<string> => {
  if (!noCommit.test(before) || ref === `refs/heads/${repository.branch}`) return before;
  return (await repository.head()) ?? before;
};

/** Reads the push of one ref from the repository, in which it has already happened. */
export const readPush = async (repository: ServedRepository, update: RefUpdate): Promise<Push> => {
  const { ref, before, after } = update;
  const [created, deleted] = [noCommit.test(before), noCommit.test(after)];
  if (deleted) return { ...update, created, deleted, forced: false, baseRef: null, commits: [], head: null };

  const others = await otherBranches(repository, ref);
  const known = others.map(({ commit }) => commit);
  const listed = ref.startsWith('refs/heads/')
    ? await repository.commits(await startOf(repository, update), after, mostCommits)
    : [];
  const [head] = await completed(repository, await repository.commits('0', `${after}^{commit}`, 1), known);
  return {
    ...update,
    created,
    deleted,
    forced: !created && (await isForced(repository, before, after)),
    baseRef: (created && others.find(({ commit }) => commit === head?.id)?.ref) || null,
    commits: await completed(repository, listed, known),
    head: head ?? null,
  };
};
