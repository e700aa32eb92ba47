import { type Decision, refuse } from './decision.ts';
import { type Hold, type Intent, placeName } from './intent.ts';
import { keptHolds, type Lock, type LockedHold, type LockedTarget, targetOf } from './lock.ts';

/** The hold on a digest, if nobody has released it. */
export const holdOn = (known: LockedTarget | undefined, digest: string): LockedHold | undefined =>
  known?.holds.find((hold) => hold.digest === digest && hold.released === undefined);

/**
 * The hold on an image of the same commit, which was only built again. Where a commit is not known, the same order tells: a
 * rebuild has its commit's.
 */
export const holdOnCommit = (
  known: LockedTarget | undefined,
  { commit, order }: Pick<Intent, 'commit' | 'order'>,
): LockedHold | undefined =>
  known?.holds.find((hold) => {
    if (hold.released !== undefined) return false;
    if (hold.commit !== undefined && commit !== undefined) return hold.commit === commit;
    return hold.order !== undefined && Date.parse(hold.order) === Date.parse(order);
  });

/** What the lock knows of a digest that ran here, or was the newest. */
const knownImage = (known: LockedTarget | undefined, digest: string) =>
  known?.images.findLast((image) => image.digest === digest) ??
  (known?.newest.digest === digest ? known.newest : undefined);

/** The holds with one more, or with an old one renewed. */
export const withHold = (
  known: LockedTarget | undefined,
  { digest, tag, event, time }: Pick<Hold, 'digest' | 'event' | 'time'> & { readonly tag?: string | undefined },
): LockedHold[] => {
  const image = knownImage(known, digest);
  const others = known?.holds.filter((hold) => hold.digest !== digest) ?? [];
  const since = new Date(time).toISOString();
  const hold = { digest, tag: tag ?? image?.tag, order: image?.order, commit: image?.commit, event, since };
  return [...others, hold].slice(-keptHolds);
};

const released = (known: LockedTarget, { digest, event, time }: Hold): LockedHold[] =>
  known.holds.map((hold) =>
    hold.digest === digest ? { ...hold, released: { event, since: new Date(time).toISOString() } } : hold,
  );

/** The tag that people know a digest by. */
export const tagOf = (known: LockedTarget | undefined, digest: string): string | undefined =>
  knownImage(known, digest)?.tag ?? known?.holds.find((hold) => hold.digest === digest)?.tag;

/**
 * Whether a hold, or its end, is written. What comes again or late does not undo what was asked for after it. Nothing but the
 * lock changes; what runs, runs on.
 */
export const decideHold = (lock: Lock | undefined, wish: Hold): Decision => {
  const { action, digest, event, target } = wish;
  const known = targetOf(lock, target);
  const entry = known?.holds.find((hold) => hold.digest === digest);
  const last = entry?.released ?? entry;
  const same = action === 'hold' ? entry : entry?.released;
  if (same?.event === event) return { decision: 'unchanged', done: true, event };
  const isHeld = entry !== undefined && entry.released === undefined;
  if (isHeld === (action === 'hold'))
    return { decision: 'unchanged', done: false, ...(last !== undefined && { event: last.event }) };
  if (lock === undefined || known === undefined)
    return refuse(
      'no-lock',
      `${placeName(wish)}: Fairlead has written no image here yet, so there is no lock to keep a hold in.`,
    );
  if (last !== undefined && Date.parse(last.since) > Date.parse(wish.time))
    return refuse(
      'superseded',
      `${placeName(wish)}: ${digest} was ${isHeld ? 'held' : 'released'} after that (by ${last.event}). Nothing was done.`,
    );
  const holds = action === 'hold' ? withHold(known, wish) : released(known, wish);
  return { decision: 'accept', lock: { ...lock, targets: { ...lock.targets, [target]: { ...known, holds } } } };
};
