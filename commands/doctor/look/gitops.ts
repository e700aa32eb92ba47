import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scrub } from '#shared/gitops/clone/environment.ts';
import { createGit, type Git } from '#shared/gitops/clone/git.ts';
import type { GitRepository } from '#shared/gitops/intent.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { startAgent } from '#shared/gitops/ssh/agent.ts';
import { readFolder } from '../../plan/read-folder.ts';
import type { Reached } from '../judge/gitops.ts';

export interface SeenRepository {
  readonly reached: Reached;
  /** What is at the end of its branch. */
  readonly snapshot?: Snapshot | undefined;
}

interface Options {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files that are read whatever they are called. */
  readonly also: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Git's own words in one line, without what it tells of its progress, and without the token. */
const saidBy = (error: unknown, repository: GitRepository): string => {
  const text = scrub(error instanceof Error ? error.message : String(error), repository);
  const lines = text.split('\n').filter((line) => /^(fatal|error|remote|!)|denied|refused|rejected/i.test(line.trim()));
  return (lines.length > 0 ? lines.join(' ') : text).replace(/\s+/g, ' ').trim().slice(0, 300);
};

/** Asks for the right to push by pushing nothing, dry: the server is asked for it before git sees that there is nothing. */
const refusalOf = async (git: Git, repository: GitRepository): Promise<string | undefined> => {
  const command = ['push', '--dry-run', '--porcelain', '--no-verify', 'origin', `HEAD:refs/heads/${repository.branch}`];
  return git.text(command).then(
    () => undefined,
    (error: unknown) => saidBy(error, repository),
  );
};

const inspect = async (git: Git, repository: GitRepository, also: ReadonlySet<string>): Promise<SeenRepository> => {
  const { branch, url } = repository;
  await git.text(['init']);
  await git.text(['remote', 'add', 'origin', url]);
  try {
    const refs = await git.text(['ls-remote', 'origin', `refs/heads/${branch}`]);
    if (refs.trim() === '') return { reached: { reached: 'without-branch' } };
    await git.text(['fetch', '--depth=1', '--no-tags', 'origin', `refs/heads/${branch}`]);
    await git.text(['checkout', '--detach', 'FETCH_HEAD']);
  } catch (error) {
    return { reached: { reached: 'not', why: saidBy(error, repository) } };
  }
  const refused = await refusalOf(git, repository);
  return { reached: { reached: 'branch', refused }, snapshot: await readFolder(git.directory, also) };
};

/** Reads the end of a repository's branch as the writer would reach it, and changes nothing. */
export const lookAtGitops = async (
  repository: GitRepository,
  { environment, also, signal }: Options,
): Promise<SeenRepository> => {
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-doctor-'));
  const agent = repository.ssh && (await startAgent(repository.ssh.key, repository.ssh.knownHosts));
  try {
    return await inspect(createGit({ directory, repository, ambient: environment, signal, agent }), repository, also);
  } finally {
    await agent?.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
};
