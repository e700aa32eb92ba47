import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { filesOf } from '#shared/gitops/edits/folder.ts';
import type { Edit } from '#shared/gitops/intent.ts';
import { foldersAbove } from '#shared/gitops/paths.ts';
import type { Entry, Snapshot } from '#shared/gitops/snapshot.ts';
import { Failure } from '../failure.ts';

/** What was named, as the writer would meet it in the repository. */
export interface Target {
  /** The folder from which paths are told: that of the Git repository, or the one that was worked in. */
  readonly root: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** What stands at the path and on the way to it. */
  readonly entries: ReadonlyMap<string, Entry>;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** The nearest folder above with a `.git` in it; else where the command runs, or the folder above what was named. */
const rootOf = async (target: string, cwd: string): Promise<string> => {
  for (let folder = target; dirname(folder) !== folder; folder = dirname(folder))
    if (await exists(join(folder, '.git'))) return folder;
  return target === cwd || target.startsWith(cwd + sep) ? cwd : dirname(target);
};

/** As Git would have it: links are named, and never followed. */
const entryAt = async (path: string): Promise<Entry | undefined> => {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink()) return { mode: '120000', id: '' };
  if (found?.isDirectory()) return { mode: '040000', id: '' };
  return found?.isFile() ? { mode: '100644', id: '' } : undefined;
};

const slashed = (path: string): string => path.split(sep).join('/');

/** Looks up a file or folder as it was typed. */
export const findTarget = async (typed: string, cwd: string): Promise<Target> => {
  const target = resolve(cwd, typed);
  const root = await rootOf(target, cwd);
  const path = slashed(relative(root, target)) || '.';
  const entries = new Map<string, Entry>();
  for (const step of [...foldersAbove(path), path]) {
    const entry = await entryAt(join(root, step));
    if (entry === undefined) throw new Failure(`${typed} does not exist.`, { code: 2 });
    if (step !== '.') entries.set(step, entry);
    if (entry.mode !== '040000') break;
  }
  const isFolder = path === '.' || entries.get(path)?.mode === '040000';
  if (isFolder) {
    for (const name of await readdir(target)) {
      const entry = await entryAt(join(target, name));
      if (entry) entries.set(path === '.' ? name : `${path}/${name}`, entry);
    }
  }
  return { root, path, isFolder, entries };
};

/** The files that an edit may change, with their bytes. */
export const readTarget = async ({ root, entries }: Target, edit: Edit): Promise<Snapshot> => {
  const contents = new Map<string, Buffer>();
  for (const path of filesOf(edit, entries)) {
    const content = await readFile(join(root, path)).catch((error) => {
      throw new Failure(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}.`, {
        code: 2,
      });
    });
    contents.set(path, content);
  }
  return { entries, contents };
};
