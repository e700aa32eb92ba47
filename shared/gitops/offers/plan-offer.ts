import { type Hold, type Intent, isHold, type Wish } from '../intent.ts';
import { type Plan, type PlannedCommit, planCommits, type Settled } from '../plan.ts';
import type { Snapshot } from '../snapshot.ts';

/** What becomes of a new wish: it goes on the branch, is there already, is in the base already, or is refused. */
export type Planned =
  | { readonly planned: 'new' | 'open' }
  | { readonly planned: 'in-base'; readonly plan: Plan }
  | { readonly planned: 'result'; readonly result: Extract<Settled, { settled: 'result' }>['result'] };

export interface OfferPlan {
  /** Of each new wish, in their order. */
  readonly planned: readonly Planned[];
  /** The branch's one commit on top of the base; undefined where it stays as it is. */
  readonly commit: PlannedCommit | undefined;
  /** The files on the branch. */
  readonly after: Snapshot;
  /** Everything that is on the branch, and what was there and is replaced. */
  readonly standing: readonly Wish[];
  readonly replaced: readonly Intent[];
}

/** One commit for all of it, so that a squash, a rebase and a merge bring the same. */
const asOne = ([first, ...others]: readonly PlannedCommit[]): PlannedCommit | undefined => {
  const last = others.at(-1);
  if (first === undefined || last === undefined) return first;
  const trailers = others.flatMap(({ message }) => message.split('\n').filter((line) => /^[A-Z][\w-]+: /.test(line)));
  return { message: `${first.message}${trailers.join('\n')}\n`, before: first.before, after: last.after };
};

/** What is left of a rollback that something newer goes past: the hold on the image that it would have replaced. */
const holdOf = ({ image: _, expected, ...asked }: Intent): Hold[] =>
  expected === undefined ? [] : [{ ...asked, action: 'hold', digest: expected }];

const isIn = (wish: Wish, { settled }: Plan, all: readonly Wish[]): boolean =>
  settled[all.indexOf(wish)]?.settled === 'commit';

/**
 * The rules of a pull request: a new wish must pass those of the lock on its branch, which is the base's with all that is open.
 * Then the open ones and the new ones are applied to the base, but for those images that a new one takes the place of. Without a
 * new one the branch stays as it is, unless it is to be built anew.
 */
export const planOffer = (
  open: readonly Wish[],
  wishes: readonly Wish[],
  base: Snapshot,
  { subject, rebuild }: { readonly subject: string | undefined; readonly rebuild: boolean },
): OfferPlan => {
  const standing = planCommits(open, base, subject);
  const onTop = planCommits(wishes, standing.after, subject);
  const planned = wishes.map((wish, at): Planned => {
    const settled = onTop.settled[at];
    if (settled?.settled === 'result') return { planned: 'result', result: settled.result };
    if (settled?.settled === 'commit') return { planned: 'new' };
    const alone = planCommits([wish], base, subject);
    return alone.settled[0]?.settled === 'unchanged' ? { planned: 'in-base', plan: alone } : { planned: 'open' };
  });
  const stillOpen = open.filter((wish) => isIn(wish, standing, open));
  const accepted = wishes.filter((_, at) => planned[at]?.planned === 'new');
  if (accepted.length === 0) {
    const commit = rebuild ? asOne(standing.commits) : undefined;
    return { planned, commit, after: standing.after, standing: stillOpen, replaced: [] };
  }

  const targets = new Set(accepted.flatMap((wish) => (isHold(wish) ? [] : wish.target)));
  const images = open.flatMap((wish) => (isHold(wish) ? [] : [wish]));
  const passed = images.filter(({ target }) => targets.has(target));
  const kept = open.filter((wish) => isHold(wish) || !targets.has(wish.target));
  const all = [...passed.flatMap(holdOf), ...kept, ...accepted];
  const plan = planCommits(all, base, subject);
  const inIt = all.filter((wish) => isIn(wish, plan, all));
  return {
    planned: planned.map((one, at) => {
      const wish = wishes[at];
      const settled = wish && one.planned === 'new' ? plan.settled[all.indexOf(wish)] : undefined;
      return settled?.settled === 'result' ? { planned: 'result', result: settled.result } : one;
    }),
    commit: asOne(plan.commits),
    after: plan.after,
    standing: inIt,
    replaced: images.filter((wish) => !inIt.includes(wish)),
  };
};
