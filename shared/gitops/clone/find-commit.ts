import { fetchCommand, type Git } from './git.ts';
import type { Commit } from './import-commits.ts';

export interface FoundCommit extends Commit {
  readonly parent?: string;
}

/** How far back an event is looked for: commits alone, without trees and files, weigh little. */
const depths = [100, 2000];

const separator = '\x1f';

const searchHere = async (git: Git, base: string, event: string): Promise<FoundCommit | undefined> => {
  const format = ['%H', '%ct', '%P', '%(trailers:key=Fairlead-Event,valueonly,separator=%x20)'].join(separator);
  const search = ['log', '--fixed-strings', `--grep=Fairlead-Event: ${event}`, `--format=${format}`, base, '--'];
  for (const record of (await git.text(search)).split('\n')) {
    const [revision = '', seconds, parents = '', events = ''] = record.split(separator);
    if (!events.split(' ').includes(event)) continue;
    const [parent] = parents.split(' ').filter((id) => id !== '');
    const committedAt = new Date(Number(seconds) * 1000).toISOString();
    return { revision, committedAt, ...(parent !== undefined && { parent }) };
  }
  return undefined;
};

/**
 * The commit that an event asked for, by its trailer, with its parent: where a shallow history ends, a commit has none.
 * Undefined when it is further back than anyone looks.
 */
export const findCommit = async (
  git: Git,
  { branch, base, event }: { branch: string; base: string; event: string },
): Promise<FoundCommit | undefined> => {
  let found = await searchHere(git, base, event);
  for (const depth of depths) {
    if (found?.parent !== undefined) return found;
    const commits = ['--filter=tree:0', '--refmap=', 'origin', `refs/heads/${branch}`];
    await git.text([...fetchCommand, `--depth=${depth}`, ...commits]);
    found = await searchHere(git, base, event);
  }
  return found;
};

/** When a commit was made. */
export const commitAt = async (git: Git, revision: string): Promise<Commit> => {
  const seconds = await git.text(['log', '--max-count=1', '--format=%ct', revision, '--']);
  return { revision, committedAt: new Date(Number(seconds.trim()) * 1000).toISOString() };
};
