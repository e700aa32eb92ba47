import { apply, describe } from './apply.ts';
import { type Intent, isHold, type Result, type Wish, type Written } from './intent.ts';
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
  /** Of each wish, in their order. */
  readonly settled: readonly Settled[];
  /** The files when all commits are made. */
  readonly after: Snapshot;
}

/** The open commit of a service: what is in it so far, and what each wish replaces. */
interface Open {
  readonly before: Snapshot;
  readonly wishes: ReadonlyMap<Wish, Written>;
}

/** What two wishes of one commit must not both change. */
const placeOf = (wish: Wish): string =>
  [wish.environment, wish.target, ...(isHold(wish) ? [wish.digest] : [])].join('/');

/**
 * Holds and releases first, as people asked one after the other; then the newest image, and last what goes back: so the older
 * images of one batch are passed over and never deployed.
 */
const inTurn = (wishes: readonly Wish[]): Wish[] => {
  const turn = (wish: Wish): number => (isHold(wish) ? 0 : wish.reason === 'rollback' ? 2 : 1);
  const order = ({ order, image }: Intent) => ({ ...image, order });
  const within = (a: Wish, b: Wish): number => {
    if (isHold(a) || isHold(b)) return Date.parse(a.time) - Date.parse(b.time);
    if (a.reason === 'rollback') return 0;
    // Each environment has a policy of its own.
    if (placeOf(a) !== placeOf(b)) return placeOf(a) < placeOf(b) ? -1 : 1;
    return compareOrder(order(b), order(a), a.newestBy);
  };
  return wishes.toSorted((a, b) => turn(a) - turn(b) || within(a, b));
};

const proposed = (intent: Intent, before: Snapshot, after: Snapshot): Settled => ({
  settled: 'result',
  result: { outcome: 'proposed', ...describe(intent, before, after) },
});

/**
 * One service's wishes on top of a snapshot: one commit, and a further one only where an image that is already in the
 * commit is replaced again, so that every revision that is reported really holds its image.
 */
const planService = (wishes: readonly Wish[], start: Snapshot, subject: string | undefined) => {
  const commits: PlannedCommit[] = [];
  const settled = new Map<Wish, Settled>();
  let snapshot = start;
  let open: Open = { before: start, wishes: new Map() };
  const close = (): void => {
    if (open.wishes.size > 0) {
      const message = commitMessage([...open.wishes.keys()], open.wishes, subject);
      const commit = { message, before: open.before, after: snapshot };
      for (const wish of open.wishes.keys()) settled.set(wish, { settled: 'commit', commit });
      commits.push(commit);
    }
    open = { before: snapshot, wishes: new Map() };
  };
  for (const wish of inTurn(wishes)) {
    const outcome = apply(wish, snapshot);
    if (outcome.applied === 'refused') {
      const { code, message } = outcome;
      settled.set(wish, { settled: 'result', result: { outcome: 'refused', code, message } });
    } else if (outcome.applied === 'unchanged') {
      const { applied: _, ...rest } = outcome;
      settled.set(wish, { settled: 'unchanged', ...rest });
    } else if (!isHold(wish) && wish.mode === 'observe') settled.set(wish, proposed(wish, snapshot, outcome.snapshot));
    else {
      if ([...open.wishes.keys()].some((other) => placeOf(other) === placeOf(wish))) close();
      open = { ...open, wishes: new Map(open.wishes).set(wish, outcome.before) };
      snapshot = outcome.snapshot;
    }
  }
  close();
  return { commits, settled, snapshot };
};

/**
 * What becomes of all wishes on top of one commit of the repository: one commit for each service that changes. `subject` is
 * the template of their first lines.
 */
export const planCommits = (wishes: readonly Wish[], base: Snapshot, subject?: string): Plan => {
  const commits: PlannedCommit[] = [];
  const settled = new Map<Wish, Settled>();
  let snapshot = base;
  for (const together of Map.groupBy(wishes, ({ service }) => service).values()) {
    const planned = planService(together, snapshot, subject);
    commits.push(...planned.commits);
    for (const [wish, outcome] of planned.settled) settled.set(wish, outcome);
    snapshot = planned.snapshot;
  }
  return { commits, settled: wishes.flatMap((wish) => settled.get(wish) ?? []), after: snapshot };
};
