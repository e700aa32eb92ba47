import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../intent.ts';
import { weigh, writeSkeleton } from './skeleton.ts';

/** A Lambda function runs for 15 minutes at most: what is in use for longer was left by one that was killed. */
const longestUse = 20 * 60 * 1000;
/** As many as write at the same time on a machine, in the usual case. */
export const keptFree = 2;
/** Git slows down with the number of its packs, and each push leaves one or two. */
const mostFiles = 1000;

export interface Limits {
  /** What a kept repository may weigh. */
  readonly maxBytes: number;
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
};

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });

/** Where all bare copies of one branch of one repository are. */
const shelfOf = (root: string, { url, branch }: GitRepository): string =>
  join(root, createHash('sha256').update(`${url}\0${branch}`).digest('hex').slice(0, 20));

const sweep = async (shelf: string, names: readonly string[]): Promise<void> => {
  for (const name of names.filter((candidate) => candidate.startsWith('used-'))) {
    const path = join(shelf, name);
    const since = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    const age = Date.now() - (since ?? Date.now());
    if (age > longestUse || isGone(Number(name.split('-')[1]))) await remove(path);
  }
};

/**
 * Bare repositories that stay warm between writes, one folder for each writer at a time. Taking one is a rename, which
 * exactly one of several processes or threads wins; so is giving it back.
 */
export const createWarmRepositories = (root: string, { maxBytes }: Limits) => ({
  /** A repository for one writer alone: a warm one if there is, else a new and empty one. */
  async take(repository: GitRepository): Promise<string> {
    await mkdir(shelfOf(root, repository), { recursive: true });
    const shelf = await realpath(shelfOf(root, repository)); // as the system names it: see endStragglers
    const names = await readdir(shelf);
    await sweep(shelf, names);
    const mine = join(shelf, `used-${process.pid}-${randomUUID()}`);
    for (const name of names.filter((candidate) => candidate.startsWith('free-'))) {
      const won = await rename(join(shelf, name), mine).then(
        () => true,
        () => false,
      );
      if (!won) continue;
      await utimes(mine, new Date(), new Date());
      const { bytes, files } = await weigh(mine);
      if (bytes <= maxBytes && files <= mostFiles) return mine;
      await remove(mine);
    }
    await writeSkeleton(mine, repository);
    return mine;
  },
  /** Lets the next writer have it. */
  async giveBack(directory: string): Promise<void> {
    const shelf = join(directory, '..');
    const free = (await readdir(shelf)).filter((name) => name.startsWith('free-'));
    if (free.length >= keptFree) await remove(directory);
    else await rename(directory, join(shelf, `free-${randomUUID()}`));
  },
  discard: remove,
});
