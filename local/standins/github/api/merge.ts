import { runGit } from '#local/git-server/run-git.ts';
import type { Pull } from './pulls.ts';

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

const who = ['-c', 'user.name=GitHub', '-c', 'user.email=noreply@github.com'];

/**
 * Merges as GitHub's button does, in the bare repository. Undefined where the two don't go together. A squash of one commit
 * keeps its message; a rebase gives each commit another parent.
 */
export const mergePull = async ({ repository, ...pull }: Pull, method: MergeMethod): Promise<string | undefined> => {
  const git = async (...args: string[]): Promise<string> =>
    (await runGit(repository.directory, [...who, ...args])).toString('utf8').trim();
  const [base, head] = [await git('rev-parse', pull.base), await git('rev-parse', pull.head)];
  const merged = await git('merge-tree', '--write-tree', base, head).catch(() => undefined);
  if (merged === undefined) return undefined;
  const [tree = ''] = merged.split('\n');
  const message = await git('log', '-1', '--format=%B', head);
  const title = `Merge pull request #${pull.number} from ${repository.name.split('/')[0]}/${pull.head}\n\n${pull.title}`;
  const commit =
    method === 'merge'
      ? await git('commit-tree', tree, '-p', base, '-p', head, '-m', title)
      : await git('commit-tree', tree, '-p', base, '-m', message);
  await git('update-ref', `refs/heads/${pull.base}`, commit, base);
  return commit;
};
