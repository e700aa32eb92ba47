import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../intent.ts';
import { claim, isFree, nameFree, nameUsed, remove, sweep } from './copies.ts';
import { makeRoom } from './room.ts';
import { weigh, writeSkeleton } from './skeleton.ts';

/** As many as write at the same time on a machine, in the usual case. */
export const keptFree = 2;
/** Git slows down with the number of its packs, and each push leaves one or two. */
const mostFiles = 1000;

export interface Limits {
  /** What a kept repository may weigh. */
  readonly maxBytes: number;
  /** What all of them may weigh together, those in use included. */
  readonly maxTotalBytes: number;
}

/** Where all bare copies of one branch of one repository are. */
const shelfOf = (root: string, { url, branch }: GitRepository): string =>
  join(root, createHash('sha256').update(`${url}\0${branch}`).digest('hex').slice(0, 20));

/** Now: the bounds are kept by the age of a copy's last use. */
const touch = (path: string): Promise<void> => utimes(path, new Date(), new Date());

/**
 * Bare repositories that stay warm between writes, one folder for each writer at a time. Taking one is a rename, which
 * exactly one of several processes or threads wins; so is giving it back.
 */
export const createWarmRepositories = (root: string, { maxBytes, maxTotalBytes }: Limits) => ({
  /** A repository for one writer alone: a warm one if there is, else a new and empty one. */
  async take(repository: GitRepository): Promise<string> {
    await mkdir(shelfOf(root, repository), { recursive: true });
    const shelf = await realpath(shelfOf(root, repository)); // as the system names it: see endStragglers
    await sweep(shelf);
    const mine = join(shelf, await nameUsed());
    try {
      for (const name of (await readdir(shelf)).filter(isFree)) {
        if (!(await claim(join(shelf, name), mine))) continue;
        await touch(mine);
        const { bytes, files } = await weigh(mine);
        if (bytes <= maxBytes && files <= mostFiles) return mine;
        await remove(mine);
      }
      // Another repository's copies may take what this one needs now.
      await makeRoom(root, Math.max(0, maxTotalBytes - maxBytes));
      await writeSkeleton(mine, repository);
      return mine;
    } catch (error) {
      await remove(mine).catch(() => undefined);
      throw error;
    }
  },
  /** Lets the next writer have it, if there is room for it. */
  async giveBack(directory: string): Promise<void> {
    const shelf = join(directory, '..');
    const free = (await readdir(shelf)).filter(isFree);
    const { bytes } = await weigh(directory);
    if (free.length >= keptFree || bytes > maxBytes) return remove(directory);
    await touch(directory);
    await rename(directory, join(shelf, nameFree()));
    await makeRoom(root, maxTotalBytes);
  },
  discard: remove,
  /** Removes every copy that nobody uses. */
  async empty(): Promise<void> {
    await makeRoom(root, 0);
  },
});
