import type { Hold, Intent, Wish } from '../intent.ts';
import { type Lock, type LockedImage, type LockedTarget, targetOf } from '../lock.ts';
import type { Said } from '../message.ts';
import type { OfferedPlace } from './offer.ts';

/** The images that one lock knows and another does not, the oldest first. */
export const newImages = (after: LockedTarget | undefined, before: LockedTarget | undefined): LockedImage[] =>
  (after?.images ?? []).filter(({ event }) => before?.images.every((known) => known.event !== event) ?? true);

/** Where a commit's message says nothing of a wish: somebody has rewritten it. */
const unsaid = { chain: '00000000-0000-0000-0000-000000000000', actor: 'unknown' };

interface Branches {
  readonly place: OfferedPlace;
  /** The lock on the branch of the pull request, and the base's. */
  readonly open: Lock | undefined;
  readonly base: Lock | undefined;
  readonly said: readonly Said[];
}

/**
 * The wishes that are on the branch of a pull request and not in its base, as they were asked: what a lock remembers of an
 * image, and what the commit's trailers say.
 */
export const reopen = ({ place, open, base, said }: Branches): Wish[] => {
  const { service, environment, pin, edits, newestBy } = place;
  const askedOf = (event: string, time: string, target: string) => {
    const { chain = unsaid.chain, actor = unsaid.actor, commit } = said.find((one) => one.event === event) ?? {};
    return { asked: { event, time, chain, service, environment, target, actor }, commit };
  };

  const intentOf = (target: string, known: LockedTarget, image: LockedImage): Intent => {
    const { order, event, reason, ...image_ } = image;
    // A rollback is the event of the hold on what it replaces.
    const hold = known.holds.find((one) => one.event === event);
    const { asked, commit } = askedOf(event, hold?.since ?? order, target);
    const expected = hold?.digest;
    const how = { newestBy, mode: 'write' as const, pin, edits: edits[target] ?? [] };
    return { ...asked, image: image_, order, reason, expected, ...how, commit };
  };

  const holdsOf = (target: string, known: LockedTarget, before: LockedTarget | undefined): Hold[] =>
    known.holds.flatMap((hold): Hold[] => {
      const { event, since } = hold.released ?? hold;
      const same = before?.holds.find(({ digest }) => digest === hold.digest);
      if ((same?.released ?? same)?.event === event || known.images.some((image) => image.event === event)) return [];
      const action = hold.released === undefined ? 'hold' : 'release';
      return [{ ...askedOf(event, since, target).asked, action, digest: hold.digest }];
    });

  return Object.entries(open?.targets ?? {}).flatMap(([target, known]): Wish[] => {
    const before = targetOf(base, target);
    return [
      ...newImages(known, before).map((image) => intentOf(target, known, image)),
      ...holdsOf(target, known, before),
    ];
  });
};
