import { describe } from './apply.ts';
import { commitAt, findCommit } from './clone/find-commit.ts';
import type { Git } from './clone/git.ts';
import type { Commit } from './clone/import-commits.ts';
import { readSnapshot } from './clone/read-snapshot.ts';
import { type Intent, isHold, type Result, type Wish } from './intent.ts';
import type { Plan, PlannedCommit, Settled } from './plan.ts';
import { Refused } from './refused.ts';
import type { Snapshot } from './snapshot.ts';

interface Written {
  readonly git: Git;
  readonly branch: string;
  /** The branch's commit, with everything that was just written. */
  readonly head: string;
  readonly plan: Plan;
  readonly commits: ReadonlyMap<PlannedCommit, Commit>;
  /** Why the server took none of the commits. */
  readonly declined?: string;
}

const nothing: Snapshot = { entries: new Map(), contents: new Map() };

/** What was done stays done, also where the configuration or the files have moved on since. */
export const describeDone = (intent: Intent, before: Snapshot, after: Snapshot) => {
  try {
    return describe(intent, before, after);
  } catch (error) {
    if (error instanceof Refused) return { files: [], diff: '', previous: {}, first: false };
    throw error;
  }
};

type Unchanged = Extract<Settled, { settled: 'unchanged' }>;

const findAsked = async (event: string | undefined, { git, branch, head }: Written) =>
  event === undefined ? undefined : findCommit(git, { branch, base: head, event });

const settleUnchanged = async (intent: Intent, { done, event }: Unchanged, written: Written): Promise<Result> => {
  const { git, head, plan } = written;
  const asIs = describeDone(intent, plan.after, plan.after);
  if (intent.mode === 'observe' && !done) return { outcome: 'proposed', ...asIs };
  const found = await findAsked(event, written);
  if (found === undefined) return { outcome: 'unchanged', ...(await commitAt(git, head)), ...asIs };
  const { parent, ...commit } = found;
  if (!done) return { outcome: 'unchanged', ...commit, ...asIs };
  const after = await readSnapshot(git, commit.revision, [intent], { lazy: true });
  const before = parent === undefined ? nothing : await readSnapshot(git, parent, [intent], { lazy: true });
  return { outcome: 'committed', ...commit, ...describeDone(intent, before, after) };
};

const settleHeld = async ({ done, event }: Unchanged, written: Written): Promise<Result> => {
  const { revision, committedAt } = (await findAsked(event, written)) ?? (await commitAt(written.git, written.head));
  return { outcome: 'recorded', changed: done, revision, committedAt };
};

const settleOne = async (wish: Wish, settled: Settled, written: Written): Promise<Result> => {
  switch (settled.settled) {
    case 'result':
      return settled.result;
    case 'unchanged':
      return isHold(wish) ? settleHeld(settled, written) : settleUnchanged(wish, settled, written);
    case 'commit': {
      if (written.declined !== undefined) return { outcome: 'declined', message: written.declined };
      const commit = written.commits.get(settled.commit);
      if (commit === undefined) throw new Error('a planned commit was not made');
      if (isHold(wish)) return { outcome: 'recorded', changed: true, ...commit };
      return { outcome: 'committed', ...commit, ...describe(wish, settled.commit.before, settled.commit.after) };
    }
  }
};

/** The results of all wishes, in their order, once Git holds what was planned. A wish that comes again gets its first result. */
export const settle = async (wishes: readonly Wish[], written: Written): Promise<Result[]> => {
  const results: Result[] = [];
  for (const [at, wish] of wishes.entries()) {
    const settled = written.plan.settled[at];
    if (settled === undefined) throw new Error('a wish was not planned');
    results.push(await settleOne(wish, settled, written));
  }
  return results;
};
