import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const commitPattern = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * What the source action checks out: the commit that was asked for, else the newest of the repository's default branch.
 * Undefined where that is no commit.
 */
export const resolveCommit = async (
  repository: string,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const commit = asked ?? (await run('git', ['ls-remote', repository, 'HEAD'], { signal })).stdout.split(/\s/)[0] ?? '';
  return commitPattern.test(commit) ? commit : undefined;
};
