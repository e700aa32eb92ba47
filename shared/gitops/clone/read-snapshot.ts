import { filesOf } from '../edits/folder.ts';
import { type Edit, editsOf, type Wish } from '../intent.ts';
import { lockPath } from '../lock.ts';
import { foldersAbove, repositoryPath } from '../paths.ts';
import { Refused } from '../refused.ts';
import type { Entry, Snapshot } from '../snapshot.ts';
import { type Git, GitFailure } from './git.ts';
import { listTree, readBlobs } from './tree.ts';

/** A wrong path costs its own intent only, when its turn comes. */
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

const wanted = (intent: Wish, entries: ReadonlyMap<string, Entry>): string[] => [
  lockPath(intent),
  ...editsOf(intent).flatMap((edit) => unlessRefused(() => filesOf(edit, entries), [])),
];

const isFile = (entry: Entry | undefined): entry is Entry => entry?.mode.startsWith('100') ?? false;

/** Reads of one commit what some intents concern, and no other file. `lazy`: its trees may not be here yet. */
export const readSnapshot = async (
  git: Git,
  commit: string,
  intents: readonly Wish[],
  { lazy }: { lazy: boolean } = { lazy: false },
): Promise<Snapshot> => {
  const locks = intents.map(lockPath).flatMap((path) => [...foldersAbove(path), path]);
  const paths = [...new Set([...locks, ...intents.flatMap((intent) => editsOf(intent).flatMap(listed))])];
  const entries = await listTree(git, commit, paths, lazy);
  const files = [...new Set(intents.flatMap((intent) => wanted(intent, entries)))].flatMap((path) => {
    const entry = entries.get(path);
    return isFile(entry) ? [{ path, id: entry.id }] : [];
  });
  const blobs = await readBlobs(
    git,
    commit,
    files.map(({ id }) => id),
  );
  const contents = files.flatMap(({ path, id }): [string, Buffer][] => {
    const content = blobs.get(id);
    if (content === undefined) throw new GitFailure('', `missing blob ${id} (${path} of ${commit})`, null);
    return [[path, content]];
  });
  return { entries, contents: new Map(contents) };
};
