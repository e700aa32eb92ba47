import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../snapshot.ts';
import { fetchCommand, type Git, withOrigin } from './git.ts';
import { weigh } from './skeleton.ts';

const entryPattern = /^(\d{6}) \w+ ([0-9a-f]+)\t([\s\S]+)$/;

/** The entries of a commit at these paths; a path that ends in `/` means what is in the folder, `/` the root. */
export const listTree = async (
  git: Git,
  commit: string,
  paths: readonly string[],
  lazy: boolean,
): Promise<Map<string, Entry>> => {
  const entries = new Map<string, Entry>();
  const list = async (names: readonly string[]): Promise<void> => {
    const printed = await git.text([...(lazy ? withOrigin : []), 'ls-tree', '-z', '-t', '--', commit, ...names], {
      lazy,
    });
    for (const record of printed.split('\0')) {
      const [, mode, id, path] = entryPattern.exec(record) ?? [];
      if (mode !== undefined && id !== undefined && path !== undefined) entries.set(path, { mode, id });
    }
  };
  const below = paths.filter((path) => path !== '/');
  if (below.length > 0) await list(below);
  if (below.length < paths.length) await list([]);
  return entries;
};

/** What `cat-file --batch` prints: `<id> <type> <size>`, the bytes, a line feed; or `<id> missing`. */
const parseBatch = (output: Buffer): Map<string, Buffer> => {
  const blobs = new Map<string, Buffer>();
  let offset = 0;
  while (offset < output.length) {
    const end = output.indexOf('\n', offset);
    const [id = '', , size] = output.toString('latin1', offset, end).split(' ');
    offset = end + 1;
    if (size === undefined) continue;
    blobs.set(id, output.subarray(offset, offset + Number(size)));
    offset += Number(size) + 1;
  }
  return blobs;
};

const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('');

/** What is here of these objects. */
export const readObjects = async (git: Git, ids: readonly string[]): Promise<Map<string, Buffer>> =>
  parseBatch(await git.catFile(['--batch'], { input: lines(ids) }));

/**
 * In bytes. Of a repository with about two thousand files, the first fetch brings so much: its trees. Fetching all its blobs
 * takes hardly longer than fetching one, and later writes need no fetch.
 */
const smallCopy = 128 * 1024;

const allBlobs = async (git: Git, commit: string): Promise<string[]> => {
  const printed = await git.text(['ls-tree', '-r', '-z', '--', commit]);
  return printed.split('\0').flatMap((record) => /^100\d{3} blob ([0-9a-f]+)\t/.exec(record)?.[1] ?? []);
};

/** Blobs that the filter left out, in one request. */
const fetchBlobs = async (git: Git, ids: readonly string[]): Promise<void> => {
  // Without "noop" git tells the server that it has the commit, and the server takes the blobs for known.
  const sayNothing = ['-c', 'fetch.negotiationAlgorithm=noop'];
  const blobs = ['--filter=blob:none', '--refmap=', '--stdin', 'origin'];
  await git.text([...sayNothing, ...fetchCommand, ...blobs], { input: lines(ids) });
};

/** Whether there is nothing here but what the first fetch brought, and so no blob. */
const isNew = async ({ directory }: Git): Promise<boolean> => {
  const packs = await readdir(join(directory, 'objects/pack')).catch(() => []);
  return packs.filter((name) => name.endsWith('.pack')).length === 1;
};

/** These blobs of a commit: what is here at once, and all that the filter left out together. */
export const readBlobs = async (git: Git, commit: string, ids: readonly string[]): Promise<Map<string, Buffer>> => {
  if (ids.length === 0) return new Map();
  const present = (await isNew(git)) ? new Map<string, Buffer>() : await readObjects(git, ids);
  const missing = [...new Set(ids)].filter((id) => !present.has(id));
  if (missing.length === 0) return present;
  const { bytes } = await weigh(git.directory);
  const wanted = bytes < smallCopy ? [...new Set([...missing, ...(await allBlobs(git, commit))])] : missing;
  await fetchBlobs(git, wanted);
  return new Map([...present, ...(await readObjects(git, missing))]);
};
