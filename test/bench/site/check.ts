import type { ServedRepository } from '#local/git-server/repository.ts';
import { manifestOf } from './layout.ts';

/** One image that a service's staging should run. */
export interface Update {
  readonly service: string;
  readonly tag: string;
  /** Later ones are newer: the minute at which the image was pushed. */
  readonly minute: number;
}

/** A manifest with another tag: all that an update may change of it. */
export const withTag = (manifest: string, tag: string): string => {
  const changed = manifest.replace(/^(\s+newTag: )\S+/m, `$1${tag}`);
  if (changed === manifest) throw new Error(`there is no tag to change to ${tag} in a manifest`);
  return changed;
};

const isOurMemory = (path: string): boolean => path.startsWith('.fairlead/');

/**
 * What the server should have after some updates, or else this throws: one commit for each on top of what was there, that
 * change these manifests, nothing else but Fairlead's own locks, and of each manifest nothing but the tag.
 */
export const checkUpdates = async (served: ServedRepository, before: string, updates: readonly Update[]) => {
  const after = (await served.head()) ?? '';
  const commits = await served.commits(before, after, updates.length + 10);
  if (commits.length !== updates.length) throw new Error(`${commits.length} commits instead of ${updates.length}`);
  const changed = commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  const manifests = changed.filter((path) => !isOurMemory(path)).sort();
  const expected = updates.map(({ service }) => manifestOf(service)).sort();
  if (manifests.join() !== expected.join())
    throw new Error(`changed ${manifests.join()} instead of ${expected.join()}`);
  for (const { service, tag } of updates) {
    const was = await served.read(manifestOf(service), before);
    const is = await served.read(manifestOf(service), after);
    if (is.toString() !== withTag(was.toString(), tag))
      throw new Error(`${service} is not at ${tag}: ${is.toString()}`);
  }
};
