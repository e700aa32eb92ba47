import { filesConcerned, pathsConcerned } from '../concerned.ts';
import type { Wish } from '../intent.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Git, GitFailure } from './git.ts';
import { listTree, readBlobs } from './tree.ts';

/** Reads of one commit what some intents concern, and no other file. `lazy`: its trees may not be here yet. */
export const readSnapshot = async (
  git: Git,
  commit: string,
  intents: readonly Wish[],
  { lazy }: { lazy: boolean } = { lazy: false },
): Promise<Snapshot> => {
  const entries = await listTree(git, commit, pathsConcerned(intents), lazy);
  const files = filesConcerned(intents, entries).flatMap((path) => {
    const entry = entries.get(path);
    return entry ? [{ path, id: entry.id }] : [];
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
