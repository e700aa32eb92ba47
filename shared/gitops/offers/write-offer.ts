import { pushAnew } from '../clone/exchange.ts';
import type { Git } from '../clone/git.ts';
import { importCommits } from '../clone/import-commits.ts';
import { readSnapshot } from '../clone/read-snapshot.ts';
import { signCommits } from '../clone/sign-commits.ts';
import { type Author, type GitRepository, isHold, type Result, type Revision, type Wish } from '../intent.ts';
import { lockPath, parseLock } from '../lock.ts';
import { readMessage } from '../message.ts';
import { describeDone, settle } from '../settle.ts';
import type { Snapshot } from '../snapshot.ts';
import { type BranchCommit, fetchBranches, readBranch } from './branches.ts';
import { type Offered, type OfferedPlace, offerBranch, type Pulls } from './offer.ts';
import { type Planned, planOffer } from './plan-offer.ts';
import { reopen } from './reopen.ts';

interface Writing {
  readonly git: Git;
  readonly repository: GitRepository;
  readonly author: Author;
  readonly now: Date;
}

interface Open {
  readonly wishes: readonly Wish[];
  /** Our commit, or a person's, over which nothing is built. */
  readonly ours?: BranchCommit;
  readonly person?: BranchCommit;
}

const lockIn = (place: OfferedPlace, { contents }: Snapshot) => {
  const path = lockPath(place);
  const content = contents.get(path);
  return content && parseLock(path, content);
};

/** What is on the branch already and not in the base: what was asked for, and the branch as it is. */
const openOn = async (
  { git }: Writing,
  place: OfferedPlace,
  { base, head }: { base: string; head: string },
  wishes: readonly Wish[],
): Promise<Open> => {
  const { ours, person } = await readBranch(git, place, head);
  if (ours === undefined) return { wishes: [], ...(person && { person }) };
  const said = readMessage(ours.message);
  const [open, before] = [await readSnapshot(git, head, wishes), await readSnapshot(git, base, wishes)];
  return { wishes: reopen({ place, open: lockIn(place, open), base: lockIn(place, before), said }), ours };
};

const takenBy = (place: OfferedPlace, { id, message }: BranchCommit): Result => ({
  outcome: 'refused',
  code: 'branch-taken',
  message: `The branch ${offerBranch(place)} has a commit that is not Fairlead's (${id.slice(0, 7)} "${(message.split('\n')[0] ?? '').slice(0, 80)}"). Merge or close its pull request, or take the commit off; then ask again.`,
});

/**
 * One try to put wishes on the branch of their place: what is open there and what is new, applied to the base as it is now, by
 * the rules of its lock, in one commit on top of it. A branch without a pull request may be about to get one, by whoever else
 * writes it. Undefined when somebody else was faster.
 */
export const writeOffer = async (
  writing: Writing,
  place: OfferedPlace,
  wishes: readonly Wish[],
  { isOpen, ended }: Pulls,
): Promise<Offered | undefined> => {
  const { git, author, now, repository } = writing;
  const { subject, sign } = repository;
  const branch = offerBranch(place);
  const { base, head } = await fetchBranches(git, repository.branch, place);
  const stands = head !== undefined && (isOpen || !ended.includes(head));
  const open: Open = stands ? await openOn(writing, place, { base, head }, wishes) : { wishes: [] };
  if (open.person !== undefined) {
    const taken = takenBy(place, open.person);
    return { results: wishes.map(() => taken), replaced: [] };
  }
  // A new pull request shows the base as it is, which the branch may be behind.
  const rebuild = !isOpen && open.ours !== undefined && open.ours.parents[0] !== base;
  const before = await readSnapshot(git, base, [...open.wishes, ...wishes]);
  const { planned, commit, after, standing, replaced } = planOffer(open.wishes, wishes, before, { subject, rebuild });

  const resultOf = async (wish: Wish, one: Planned | undefined, at: Revision): Promise<Result[]> => {
    if (one?.planned === 'result') return [one.result];
    if (one?.planned === 'in-base') {
      const written = { git, branch: repository.branch, head: base, plan: one.plan, commits: new Map() };
      return settle([wish], written);
    }
    if (isHold(wish)) return [{ outcome: 'recorded', changed: true, ...at }];
    return [{ outcome: 'offered', ...at, ...describeDone(wish, before, after) }];
  };
  const resultsAt = async (at: Revision): Promise<Result[]> => {
    const results: Result[] = [];
    for (const [index, wish] of wishes.entries()) results.push(...(await resultOf(wish, planned[index], at)));
    return results;
  };

  if (commit === undefined) {
    const { ours } = open;
    if (ours === undefined || head === undefined)
      return { results: await resultsAt({ revision: base, committedAt: now.toISOString() }), replaced };
    const results = await resultsAt({ revision: head, committedAt: ours.committedAt });
    return { results, standing: { branch, revision: head, base, message: ours.message, wishes: standing }, replaced };
  }
  const unsigned = await importCommits(git, base, [commit], { author, now });
  const [made] = sign === undefined ? unsigned : await signCommits(git, unsigned, sign);
  if (made === undefined) throw new Error('a planned commit was not made');
  if (!(await pushAnew(git, branch, head, made.revision))) return undefined;
  const { message } = commit;
  return {
    results: await resultsAt(made),
    standing: { branch, revision: made.revision, base, message, wishes: standing },
    replaced,
  };
};
