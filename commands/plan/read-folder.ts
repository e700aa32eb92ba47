import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry, Snapshot } from '#shared/gitops/snapshot.ts';
import { Failure } from '../failure.ts';

/** More than the largest GitOps repositories have; a wrong folder (a home, a disk) has more soon. */
const mostEntries = 200_000;
const mostBytes = 512 * 1024 * 1024;
/** What is longer is refused by the writer, too; so much of it is read that the writer's own words say so. */
const longest = 4 * 1024 * 1024 + 1;
/** Open at the same time. */
const side = 64;

/** What belongs to other programs and holds no manifests. */
const skipped = new Set(['.git', 'node_modules', '.terraform']);

/** Manifests, and what Fairlead itself keeps. */
const isRead = (path: string): boolean =>
  /\.(ya?ml|json)$/i.test(path) || /(^|\/)Kustomization$/.test(path) || /^\.fairlead\/.*\.lock$/.test(path);

const start = async (file: string): Promise<Buffer> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, longest));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Listed {
  readonly entries: Map<string, Entry>;
  readonly files: string[];
}

/** Every folder, file and link below a root, as Git would have them: a repository inside counts as a submodule. */
const list = async (root: string): Promise<Listed> => {
  const entries = new Map<string, Entry>();
  const files: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    const found = await readdir(join(root, folder), { withFileTypes: true });
    if (folder !== '' && found.some(({ name }) => name === '.git')) {
      entries.set(folder, { mode: '160000', id: '' });
      continue;
    }
    for (const entry of found) {
      if (skipped.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) entries.set(path, { mode: '120000', id: '' });
      else if (entry.isDirectory()) {
        entries.set(path, { mode: '040000', id: '' });
        folders.push(path);
      } else if (entry.isFile()) {
        entries.set(path, { mode: '100644', id: '' });
        files.push(path);
      }
    }
    if (entries.size > mostEntries)
      throw new Failure(`${root} has more than ${mostEntries} files. Name the folder of the GitOps repository alone.`);
  }
  return { entries, files };
};

/**
 * A folder's files in the shape in which the writer reads a commit's: manifests and locks, and what `also` names. Links are
 * named and never followed. Throws a `Failure` where the folder can't be read, or is far too large for a GitOps repository.
 */
export const readFolder = async (root: string, also: ReadonlySet<string>): Promise<Snapshot> => {
  const { entries, files } = await list(root).catch((error) => {
    throw error instanceof Failure ? error : new Failure(`${root} can't be read: ${reasonOf(error)}.`, { code: 2 });
  });
  const contents = new Map<string, Buffer>();
  const wanted = files.filter((path) => isRead(path) || also.has(path)).sort();
  let bytes = 0;
  for (let at = 0; at < wanted.length; at += side) {
    const read = async (path: string): Promise<[string, Buffer]> => [path, await start(join(root, path))];
    const chunk = await Promise.all(wanted.slice(at, at + side).map(read)).catch((error) => {
      throw new Failure(`A file in ${root} can't be read: ${reasonOf(error)}.`);
    });
    for (const [path, content] of chunk) {
      contents.set(path, content);
      bytes += content.length;
    }
    if (bytes > mostBytes)
      throw new Failure(`${root} has more than ${mostBytes >> 20} MiB of manifests. Name a smaller folder.`);
  }
  return { entries, contents };
};
