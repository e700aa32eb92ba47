import { fetchCommand, type Git, GitFailure, withOrigin } from './git.ts';
import { baseRef, readBase } from './skeleton.ts';

/** Somebody was faster, or is at it: the same push may succeed on top of what is there then. */
const isRace = /\[rejected\]|\[remote rejected\] \((failed to update ref|cannot lock ref|incorrect old value|.*lock)/;

/** Fetches the branch's last commit and its trees, without blobs, and gives its id. */
export const fetchBase = async (git: Git, directory: string): Promise<string> => {
  await git.text([...fetchCommand, '--depth=1', '--filter=blob:none', 'origin']);
  const base = await readBase(directory);
  if (base === undefined) throw new GitFailure('', `missing ref ${baseRef} after a fetch`, null);
  return base;
};

/** Pushes if the branch is still at `base`. False: it is not, and nothing was written. */
export const push = async (git: Git, branch: string, base: string, revision: string): Promise<boolean> => {
  const ref = `refs/heads/${branch}`;
  const expected = `--force-with-lease=${ref}:${base}`;
  try {
    await git.text([...withOrigin, 'push', '--porcelain', '--no-verify', expected, 'origin', `${revision}:${ref}`]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && isRace.test(error.stdout)) return false;
    throw error;
  }
};
