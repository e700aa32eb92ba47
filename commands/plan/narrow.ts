import { filesConcerned, pathsConcerned } from '#shared/gitops/concerned.ts';
import type { Intent } from '#shared/gitops/intent.ts';
import type { Entry, Snapshot } from '#shared/gitops/snapshot.ts';
import { folderOf } from './repository.ts';

/** Takes from a whole repository what the writer would read for an intent: no more, so that it sees the same; and it is fast. */
export const createNarrow = ({ entries, contents }: Snapshot): ((intent: Intent) => Snapshot) => {
  const members = Map.groupBy(entries.keys(), folderOf);
  return (intent) => {
    const paths = pathsConcerned([intent]).flatMap((path) =>
      path.endsWith('/') ? (members.get(path.slice(0, -1)) ?? []) : [path],
    );
    const some = new Map(
      paths.flatMap((path): [string, Entry][] => {
        const entry = entries.get(path);
        return entry ? [[path, entry]] : [];
      }),
    );
    const read = filesConcerned([intent], some).flatMap((path): [string, Buffer][] => {
      const content = contents.get(path);
      return content ? [[path, content]] : [];
    });
    return { entries: some, contents: new Map(read) };
  };
};
