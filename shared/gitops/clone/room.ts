import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { claim, isFree, lastUse, nameUsed, remove, sweep } from './copies.ts';
import { weigh } from './skeleton.ts';

const foldersIn = async (path: string): Promise<string[]> => (await readdir(path)).map((name) => join(path, name));

/**
 * Removes copies that nobody uses until all that is left below the root weighs at most so many bytes: the one whose last
 * use is longest ago goes first. Those in use count, too, but stay.
 */
export const makeRoom = async (root: string, most: number): Promise<void> => {
  const shelves = await foldersIn(root).catch(() => []);
  for (const shelf of shelves) await sweep(shelf);
  const copies = (await Promise.all(shelves.map(foldersIn))).flat();
  const known = await Promise.all(
    copies.map(async (path) => ({
      path,
      // Another writer may rename a copy at any time: it is counted when that one makes room.
      bytes: await weigh(path).then(
        ({ bytes }) => bytes,
        () => 0,
      ),
      used: (await lastUse(path)) ?? 0,
    })),
  );
  let left = known.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of known.toSorted((a, b) => a.used - b.used)) {
    if (left <= most) return;
    if (!isFree(path.slice(path.lastIndexOf('/') + 1))) continue;
    const mine = join(path, '..', await nameUsed());
    if (!(await claim(path, mine))) continue;
    await remove(mine);
    left -= bytes;
  }
};
