import { describe } from './apply.ts';
import { commitAt, findCommit } from './clone/find-commit.ts';
import type { Git } from './clone/git.ts';
import type { Commit } from './clone/import-commits.ts';
import { readSnapshot } from './clone/read-snapshot.ts';
import type { Intent, Result } from './intent.ts';
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
}

const nothing: Snapshot = { entries: new Map(), contents: new Map() };

/** What was done stays done, also where the configuration or the files have moved on since. */
const describeDone = (intent: Intent, before: Snapshot, after: Snapshot) => {
  try {
    return describe(intent, before, after);
  } catch (error) {
    if (error instanceof Refused) return { files: [], diff: '', previous: {}, first: false };
    throw error;
  }
};

type Unchanged = Extract<Settled, { settled: 'unchanged' }>;

const settleUnchanged = async (intent: Intent, { done, event }: Unchanged, written: Written): Promise<Result> => {
  const { git, branch, head, plan } = written;
  const asIs = describeDone(intent, plan.after, plan.after);
  if (intent.mode === 'observe' && !done) return { outcome: 'proposed', ...asIs };
  const found = event === undefined ? undefined : await findCommit(git, { branch, base: head, event });
  if (found === undefined) return { outcome: 'unchanged', ...(await commitAt(git, head)), ...asIs };
  const { parent, ...commit } = found;
  if (!done) return { outcome: 'unchanged', ...commit, ...asIs };
  const after = await readSnapshot(git, commit.revision, [intent], { lazy: true });
  const before = parent === undefined ? nothing : await readSnapshot(git, parent, [intent], { lazy: true });
  return { outcome: 'committed', ...commit, ...describeDone(intent, before, after) };
};

const settleOne = async (intent: Intent, settled: Settled, written: Written): Promise<Result> => {
  switch (settled.settled) {
    case 'result':
      return settled.result;
    case 'unchanged':
      return settleUnchanged(intent, settled, written);
    case 'commit': {
      const commit = written.commits.get(settled.commit);
      if (commit === undefined) throw new Error('a planned commit was not made');
      return { outcome: 'committed', ...commit, ...describe(intent, settled.commit.before, settled.commit.after) };
    }
  }
};

/** The results of all intents, in their order, once Git holds what was planned. An intent that comes again gets its first result. */
export const settle = async (intents: readonly Intent[], written: Written): Promise<Result[]> => {
  const results: Result[] = [];
  for (const [at, intent] of intents.entries()) {
    const settled = written.plan.settled[at];
    if (settled === undefined) throw new Error('an intent was not planned');
    results.push(await settleOne(intent, settled, written));
  }
  return results;
};
