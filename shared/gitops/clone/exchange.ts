import { fetchCommand, type Git, GitFailure, withOrigin } from './git.ts';
import { baseRef, readBase } from './skeleton.ts';

/** Somebody was faster, or is at it: the same push may succeed on top of what is there then. */
const isRace = /\[rejected\]|\[remote rejected\] \((failed to update ref|cannot lock ref|incorrect old value|.*lock)/;

/** The server's hooks, its protection of the branch or its rules: what GitHub, GitLab, Bitbucket, Azure and git itself say. */
const isDeclined =
  /\[remote rejected\] \(.*(hook declined|declined due to|protected|not (allowed|permitted)|prohibited|denied)/;
/** Of these, what holds for the branch and so for every commit. */
const isProtected = /protected branch|GH006|not (allowed|permitted) to push|pull request/i;

/** The server does not take these commits, and will not until a person acts. */
export class PushDeclined extends GitFailure {
  /** Any other commit would be declined, too. */
  readonly always: boolean;

  constructor({ stdout, stderr }: GitFailure) {
    super(stdout, stderr, 1);
    this.always = isProtected.test(`${stdout}\n${stderr}`);
  }
}

/** Fetches the branch's last commit and its trees, without blobs, and gives its id. */
export const fetchBase = async (git: Git, directory: string): Promise<string> => {
  await git.text([...fetchCommand, '--depth=1', '--filter=blob:none', 'origin']);
  const base = await readBase(directory);
  if (base === undefined) throw new GitFailure('', `missing ref ${baseRef} after a fetch`, null);
  return base;
};

const tryToPush = async (git: Git, command: readonly string[], base: string | undefined): Promise<boolean> => {
  try {
    await git.text(command, base === undefined ? {} : { base });
    return true;
  } catch (error) {
    if (error instanceof GitFailure && isDeclined.test(error.stdout)) throw new PushDeclined(error);
    if (error instanceof GitFailure && isRace.test(error.stdout)) return false;
    throw error;
  }
};

const commandOf = (ref: string, expected: string, revision: string): string[] => {
  const lease = `--force-with-lease=${ref}:${expected}`;
  return [...withOrigin, 'push', '--porcelain', '--no-verify', lease, 'origin', `${revision}:${ref}`];
};

/** Pushes if the branch is still at `base`. False: it is not, and nothing was written. Throws `PushDeclined`, too. */
export const push = async (git: Git, branch: string, base: string, revision: string): Promise<boolean> => {
  const ref = `refs/heads/${branch}`;
  const command = commandOf(ref, base, revision);
  try {
    return await tryToPush(git, command, `${base} ${ref}`);
  } catch (error) {
    // Where the base is not even known to the server any more, it says something else than that it has moved.
    if (error instanceof PushDeclined || !(error instanceof GitFailure)) throw error;
    if (!error.stdout.includes('[remote rejected]')) throw error;
    return tryToPush(git, command, undefined);
  }
};

/**
 * Pushes a branch that is not built on what it was, if it is still at `expected`; undefined if there must be none. The server is
 * asked for its refs: one of them is the commit that this one is built on.
 */
export const pushAnew = (git: Git, branch: string, expected: string | undefined, revision: string): Promise<boolean> =>
  tryToPush(git, commandOf(`refs/heads/${branch}`, expected ?? '', revision), undefined);
