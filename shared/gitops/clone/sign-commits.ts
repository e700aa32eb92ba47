import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type Git, GitFailure } from './git.ts';
import type { Commit } from './import-commits.ts';
import { readObjects } from './tree.ts';

/** Where the message begins: an empty line ends the headers. */
const endOfHeaders = (commit: Buffer): number => commit.indexOf('\n\n') + 1;

const withParent = (commit: Buffer, parents: ReadonlyMap<string, string>): Buffer => {
  const end = endOfHeaders(commit);
  const headers = commit.toString('latin1', 0, end);
  const moved = headers.replaceAll(/^parent (.+)$/gm, (line, id: string) => {
    const parent = parents.get(id);
    return parent === undefined ? line : `parent ${parent}`;
  });
  return Buffer.concat([Buffer.from(moved, 'latin1'), commit.subarray(end)]);
};

const withSignature = (commit: Buffer, signature: string): Buffer => {
  const end = endOfHeaders(commit);
  const header = `gpgsig ${signature.replaceAll('\n', '\n ')}\n`;
  return Buffer.concat([commit.subarray(0, end), Buffer.from(header), commit.subarray(end)]);
};

const idOf = (commit: Buffer): string =>
  createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex');

/** An object's type and size as a pack has them: four bits of the size first, then seven by seven. */
const packHeader = (size: number): Buffer => {
  const commit = 1 << 4;
  const bytes = [commit | (size & 15)];
  for (let rest = size >>> 4; rest > 0; rest >>>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
};

const packOf = (commits: readonly Buffer[]): Buffer => {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(commits.length, 8);
  const body = Buffer.concat([head, ...commits.flatMap((commit) => [packHeader(commit.length), deflateSync(commit)])]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
};

/**
 * The same commits, one on top of the other, each with its signature. Built here, because fast-import takes signatures only
 * since Git 2.51, and `commit-tree -S` wants the key in a file and a process for each commit; this takes two for all.
 */
export const signCommits = async (
  git: Git,
  commits: readonly Commit[],
  sign: (commit: Buffer) => string,
): Promise<Commit[]> => {
  const unsigned = await readObjects(
    git,
    commits.map(({ revision }) => revision),
  );
  const parents = new Map<string, string>();
  const signed = commits.map(({ revision, committedAt }) => {
    const bytes = unsigned.get(revision);
    if (bytes === undefined) throw new GitFailure('', `missing object ${revision}, which fast-import made`, null);
    const moved = withParent(bytes, parents);
    const content = withSignature(moved, sign(moved));
    parents.set(revision, idOf(content));
    return { content, commit: { revision: idOf(content), committedAt } };
  });
  await git.text(['index-pack', '--stdin'], { input: packOf(signed.map(({ content }) => content)) });
  return signed.map(({ commit }) => commit);
};
