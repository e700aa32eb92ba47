import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runGit } from '#local/git-server/run-git.ts';

export interface NewPush {
  /** @default 'main' */
  branch?: string;
  /** New contents by path; `null` removes a file. */
  files: Readonly<Record<string, string | null>>;
  message: string;
  author?: { name: string; email: string };
}

const change = async (folder: string, path: string, content: string | null): Promise<void> => {
  const file = join(folder, path);
  if (content === null) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
};

/** Starts where the branch is, or, if there is none yet, makes it where the default branch is. */
const switchTo = async (git: (...args: string[]) => Promise<string>, branch: string): Promise<void> => {
  const known = await git('branch', '--remotes', '--list', `origin/${branch}`);
  await git('checkout', '-B', branch, ...(known ? [`origin/${branch}`] : []));
};

/** Does what a developer does: clones, changes files, commits and pushes. Gives the commit's id. */
export const push = async (cloneUrl: string, { branch = 'main', files, message, author }: NewPush): Promise<string> => {
  const { name, email } = author ?? { name: 'Ada', email: 'ada@acme.dev' };
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-push-'));
  const git = async (...args: string[]): Promise<string> => {
    const printed = await runGit(folder, ['-c', `user.name=${name}`, '-c', `user.email=${email}`, ...args]);
    return printed.toString('utf8').trim();
  };
  try {
    await git('clone', '--no-tags', cloneUrl, '.');
    await switchTo(git, branch);
    for (const [path, content] of Object.entries(files)) await change(folder, path, content);
    await git('add', '--all');
    await git('commit', '--message', message);
    await git('push', 'origin', `HEAD:refs/heads/${branch}`);
    return await git('rev-parse', 'HEAD');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
