import { foldersAbove } from './paths.ts';
import { Refused } from './refused.ts';

export interface Entry {
  /** Git's: 100644, 100755, 120000 (a symbolic link), 040000 (a folder), 160000 (a submodule). */
  readonly mode: string;
  readonly id: string;
}

/** The part of a commit's tree that some intents concern. */
export interface Snapshot {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly contents: ReadonlyMap<string, Buffer>;
}

/** Another repository's files, or wherever a link leads: nothing that an edit may follow. */
export const refuseIndirection = ({ entries }: Pick<Snapshot, 'entries'>, path: string): void => {
  for (const step of [...foldersAbove(path), path]) {
    const mode = entries.get(step)?.mode;
    if (mode === '120000')
      throw new Refused('symbolic-link', `${step} is a symbolic link. Name the file or folder that it leads to.`);
    if (mode === '160000')
      throw new Refused(
        'symbolic-link',
        `${step} is a submodule. Its files are in another repository: configure that one.`,
      );
  }
};

export const withContent = (snapshot: Snapshot, path: string, content: Buffer): Snapshot => ({
  entries: snapshot.entries,
  contents: new Map(snapshot.contents).set(path, content),
});
