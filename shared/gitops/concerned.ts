import { filesOf } from './edits/folder.ts';
import { type Edit, editsOf, type Wish } from './intent.ts';
import { lockPath } from './lock.ts';
import { foldersAbove, repositoryPath } from './paths.ts';
import { Refused } from './refused.ts';
import type { Entry } from './snapshot.ts';

/** A wrong path costs its own wish only, when its turn comes. */
const unlessRefused = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return otherwise;
    throw error;
  }
};

/** The path of an edit with the folders above it, so that a symbolic link on the way is seen. */
const listed = (edit: Edit): string[] =>
  unlessRefused(() => {
    const path = repositoryPath('path' in edit ? edit.path : edit.file);
    return [...foldersAbove(path), path, ...('path' in edit ? [`${path}/`] : [])].filter((name) => name !== '');
  }, []);

/** The paths whose entries some wishes need. One that ends in `/` means what is in the folder, `/` the root. */
export const pathsConcerned = (wishes: readonly Wish[]): string[] => {
  const locks = wishes.map(lockPath).flatMap((path) => [...foldersAbove(path), path]);
  return [...new Set([...locks, ...wishes.flatMap((wish) => editsOf(wish).flatMap(listed))])];
};

/** The files that some wishes read, told from these entries. */
export const filesConcerned = (wishes: readonly Wish[], entries: ReadonlyMap<string, Entry>): string[] => {
  const files = (wish: Wish): string[] => [
    lockPath(wish),
    ...editsOf(wish).flatMap((edit) => unlessRefused(() => filesOf(edit, entries), [])),
  ];
  return [...new Set(wishes.flatMap(files))].filter((path) => entries.get(path)?.mode.startsWith('100'));
};
