import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchCommand, type Git, GitFailure } from '../clone/git.ts';
import { baseRef, readBase } from '../clone/skeleton.ts';
import { readObjects } from '../clone/tree.ts';
import { readMessage } from '../message.ts';
import { type OfferedPlace, offerBranch } from './offer.ts';

type Place = Pick<OfferedPlace, 'service' | 'environment'>;

/** How far a branch is looked into for a person's commits: it has one of ours, and what was merged into it. */
const depth = 20;

/** Fetches the base and the place's branch, if there is one, in one request. */
export const fetchBranches = async (git: Git, branch: string, place: Place) => {
  // With a wildcard, because a branch that is not there is no error then.
  const offers = `+refs/heads/fairlead/${place.service}/*:refs/fairlead/offers/${place.service}/*`;
  const wanted = [`+refs/heads/${branch}:${baseRef}`, offers];
  await git.text([...fetchCommand, '--prune', '--depth=1', '--filter=blob:none', 'origin', ...wanted]);
  const base = await readBase(git.directory);
  if (base === undefined) throw new GitFailure('', `missing ref ${baseRef} after a fetch`, null);
  const ref = join(git.directory, 'refs/fairlead/offers', place.service, place.environment);
  const head = await readFile(ref, 'utf8').catch(() => '');
  return { base, head: head.trim() === '' ? undefined : head.trim() };
};

export interface BranchCommit {
  readonly id: string;
  readonly message: string;
  readonly parents: readonly string[];
  /** ISO 8601, UTC. */
  readonly committedAt: string;
}

export const readCommit = async (git: Git, id: string): Promise<BranchCommit> => {
  const bytes = (await readObjects(git, [id])).get(id)?.toString('utf8');
  if (bytes === undefined) throw new GitFailure('', `missing commit ${id}`, null);
  const end = bytes.indexOf('\n\n');
  const headers = bytes.slice(0, end);
  const [, seconds = '0'] = /^committer .*> (\d+) /m.exec(headers) ?? [];
  return {
    id,
    message: bytes.slice(end + 2),
    parents: [...headers.matchAll(/^parent (.+)$/gm)].map(([, parent = '']) => parent),
    committedAt: new Date(Number(seconds) * 1000).toISOString(),
  };
};

const isOurs = ({ message }: BranchCommit): boolean => readMessage(message).length > 0;

/**
 * Our commit on a branch, below the merges by which a forge brings it up to date; and the commit of a person, which nobody
 * may build over, if there is one.
 */
export const readBranch = async (git: Git, place: Place, head: string) => {
  let commit = await readCommit(git, head);
  if (isOurs(commit)) return { ours: commit };
  const wanted = [`--depth=${depth}`, '--filter=tree:0', '--refmap=', 'origin', `refs/heads/${offerBranch(place)}`];
  await git.text([...fetchCommand, ...wanted]);
  for (let step = 0; step < depth && !isOurs(commit); step += 1) {
    const [parent] = commit.parents;
    if (commit.parents.length < 2 || parent === undefined) return { person: commit };
    commit = await readCommit(git, parent);
  }
  return isOurs(commit) ? { ours: commit } : { person: commit };
};
