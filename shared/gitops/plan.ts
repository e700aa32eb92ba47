import { apply, describe } from './apply.ts';
import type { Intent, Result } from './intent.ts';
import { commitMessage } from './message.ts';
import { compareOrder } from './order.ts';
import type { Snapshot } from './snapshot.ts';

export interface PlannedCommit {
  readonly message: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

export type Settled =
  | { readonly settled: 'commit'; readonly commit: PlannedCommit }
  | { readonly settled: 'unchanged'; readonly done: boolean; readonly event?: string }
  | { readonly settled: 'result'; readonly result: Result };

export interface Plan {
  readonly commits: readonly PlannedCommit[];
  /** Of each intent, in their order. */
  readonly settled: readonly Settled[];
  /** The files when all commits are made. */
  readonly after: Snapshot;
}

/** The open commit of a service: what it holds so far. */
interface Open {
  readonly before: Snapshot;
  readonly intents: readonly Intent[];
}

const placeOf = ({ environment, target }: Intent): string => `${environment}/${target}`;

/** Newest first, then what goes back: so the older images of one batch are passed over and never deployed. */
const inTurn = (intents: readonly Intent[]): Intent[] => {
  const isBack = ({ reason }: Intent): number => (reason === 'rollback' ? 1 : 0);
  const order = ({ order, image }: Intent) => ({ order, digest: image.digest });
  return [...intents].sort((a, b) => isBack(a) - isBack(b) || (isBack(a) ? 0 : compareOrder(order(b), order(a))));
};

const proposed = (intent: Intent, before: Snapshot, after: Snapshot): Settled => ({
  settled: 'result',
  result: { outcome: 'proposed', ...describe(intent, before, after) },
});

/**
 * One service's intents on top of a snapshot: one commit, and a further one only where an image that is already in the
 * commit is replaced again, so that every revision that is reported really holds its image.
 */
const planService = (intents: readonly Intent[], start: Snapshot) => {
  const commits: PlannedCommit[] = [];
  const settled = new Map<Intent, Settled>();
  let snapshot = start;
  let open: Open = { before: start, intents: [] };
  const close = (): void => {
    if (open.intents.length > 0) {
      const commit = { message: commitMessage(open.intents), before: open.before, after: snapshot };
      for (const intent of open.intents) settled.set(intent, { settled: 'commit', commit });
      commits.push(commit);
    }
    open = { before: snapshot, intents: [] };
  };
  for (const intent of inTurn(intents)) {
    const outcome = apply(intent, snapshot);
    if (outcome.applied === 'refused') {
      const { code, message } = outcome;
      settled.set(intent, { settled: 'result', result: { outcome: 'refused', code, message } });
    } else if (outcome.applied === 'unchanged') {
      const { applied: _, ...rest } = outcome;
      settled.set(intent, { settled: 'unchanged', ...rest });
    } else if (intent.mode === 'observe') settled.set(intent, proposed(intent, snapshot, outcome.snapshot));
    else {
      if (open.intents.some((other) => placeOf(other) === placeOf(intent))) close();
      open = { ...open, intents: [...open.intents, intent] };
      snapshot = outcome.snapshot;
    }
  }
  close();
  return { commits, settled, snapshot };
};

/** What becomes of all intents on top of one commit of the repository: one commit for each service that changes. */
export const planCommits = (intents: readonly Intent[], base: Snapshot): Plan => {
  const commits: PlannedCommit[] = [];
  const settled = new Map<Intent, Settled>();
  let snapshot = base;
  for (const together of Map.groupBy(intents, ({ service }) => service).values()) {
    const planned = planService(together, snapshot);
    commits.push(...planned.commits);
    for (const [intent, outcome] of planned.settled) settled.set(intent, outcome);
    snapshot = planned.snapshot;
  }
  return { commits, settled: intents.flatMap((intent) => settled.get(intent) ?? []), after: snapshot };
};
