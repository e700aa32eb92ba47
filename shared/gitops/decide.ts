import { type Decision, type Refusal, refuse } from './decision.ts';
import { holdOn, holdOnCommit, withHold } from './holds.ts';
import { type Intent, placeName, type Written } from './intent.ts';
import { keptImages, type Lock, type LockedTarget, targetOf } from './lock.ts';
import { compareOrder, type Order } from './order.ts';

const named = ({ tag, digest }: Written): string =>
  [tag, digest && `${digest.slice(0, 19)}…`].filter((part) => part !== undefined).join('@') || 'nothing';

/** Whether a manifest says exactly this image, as far as it says anything. */
export const isWritten = (written: Written, { image, pin }: Pick<Intent, 'image' | 'pin'>): boolean =>
  (written.tag === undefined ? written.digest !== undefined : written.tag === image.tag) &&
  (written.digest === undefined ? !pin : written.digest === image.digest);

/** The digest behind what a manifest says: its own, or that of the latest image that was written with this tag. */
export const digestOf = (written: Written, known: LockedTarget | undefined): string | undefined =>
  written.digest ?? known?.images.findLast(({ tag }) => tag === written.tag)?.digest;

const refusalOf = (intent: Intent, written: Written, known: LockedTarget | undefined): Refusal | undefined => {
  const { image, expected, reason } = intent;
  const place = placeName(intent);
  const hold = holdOn(known, image.digest);
  if (hold !== undefined) {
    const advice = reason === 'published' ? 'Build a new image, or release it first.' : 'Release it first.';
    return refuse('held', `${place}: ${named(image)} is held since ${hold.since} (by ${hold.event}). ${advice}`);
  }
  if (reason === 'rollback' && (expected === undefined || expected === image.digest))
    return refuse('superseded', `${place}: the rollback does not say which other digest it replaces.`);
  const present = digestOf(written, known);
  if (expected !== undefined && present !== expected && !isWritten(written, intent))
    return refuse(
      'superseded',
      `${place}: ${named({ digest: expected })} should be replaced, but ${named({ ...written, digest: present })} is there by now. Nothing was done.`,
    );
  return undefined;
};

/** The same words in Git for another image: writing them again would change nothing in the cluster. */
const isRetagged = (intent: Intent, written: Written, known: LockedTarget | undefined): boolean => {
  if (intent.pin || written.digest !== undefined || written.tag !== intent.image.tag) return false;
  const present = digestOf(written, known);
  return present !== undefined && present !== intent.image.digest;
};

const mustBeNewer = ({ reason }: Intent): boolean => reason === 'published' || reason === 'promotion';

const isNewer = (intent: Intent, newest: Order | undefined): boolean =>
  newest === undefined || compareOrder({ ...intent.image, order: intent.order }, newest, intent.newestBy) > 0;

/** Where versions decide, what a person wrote has its place in their order, too. */
const isPassed = ({ image, order, newestBy }: Intent, { tag = '' }: Written): boolean =>
  newestBy === 'version' && compareOrder({ ...image, order }, { ...image, order, tag }, newestBy) < 0;

/** What nobody asked for by name goes forward only, and a rebuild of what is held is not forward. */
const reasonAgainst = (intent: Intent, written: Written, known: LockedTarget | undefined): Refusal | undefined => {
  const { image, order } = intent;
  const place = placeName(intent);
  const hold = holdOnCommit(known, intent);
  if (hold !== undefined)
    return refuse(
      'held',
      `${place}: ${named(image)} is of the same commit (${order}) as ${named(hold)}, which is held since ${hold.since} (by ${hold.event}). Push a new commit.`,
    );
  if (known !== undefined && !isNewer(intent, known.newest))
    return refuse(
      'not-newer',
      `${place}: ${image.tag} (${order}) is not newer than ${known.newest.tag} (${known.newest.order}), the newest that was ever accepted here.`,
    );
  if (isPassed(intent, written))
    return refuse('not-newer', `${place}: ${image.tag} is a lower version than ${written.tag}, which is there.`);
  return undefined;
};

const accepted = (lock: Lock | undefined, written: Written, intent: Intent): Lock => {
  const { service, environment, target, image, order, commit, event, time, reason, expected } = intent;
  const known = targetOf(lock, target);
  const { repository, tag, digest } = image;
  const bad = reason === 'rollback' && expected !== undefined && { digest: expected, tag: written.tag, event, time };
  const raises = reason !== 'rollback' && isNewer(intent, known?.newest);
  const next: LockedTarget = {
    current: { repository, tag, digest },
    newest: known === undefined || raises ? { order, digest, tag, commit } : known.newest,
    holds: bad ? withHold(known, bad) : (known?.holds ?? []),
    images: [...(known?.images ?? []), { repository, tag, digest, order, commit, event, reason }].slice(-keptImages),
  };
  return { version: 1, service, environment, targets: { ...lock?.targets, [target]: next } };
};

/**
 * Whether an image is written: the rules that make Git end with the right image whatever order events come in, and
 * however often. A published or promoted image must be newer than `newest`; a person's request may go back; nobody brings
 * a held digest. `written` is what the manifest says: without a lock it is the baseline, and where a person changed it,
 * it stays until something newer comes. What is newer is the environment's policy: `newestBy`.
 */
export const decide = (lock: Lock | undefined, written: Written, intent: Intent): Decision => {
  const known = targetOf(lock, intent.target);
  const { image, event } = intent;
  if (known?.images.some((asked) => asked.event === event)) return { decision: 'unchanged', done: true, event };

  const refusal = refusalOf(intent, written, known);
  if (refusal !== undefined) return refusal;
  if (isRetagged(intent, written, known))
    return refuse(
      'same-tag',
      `${placeName(intent)}: tag ${image.tag} is there already, but with another digest; Git would not change. Give each image a tag of its own, or set \`pin: true\`.`,
    );
  if (isWritten(written, intent)) {
    const asked = known?.images.findLast(({ tag, digest }) => tag === image.tag && digest === image.digest);
    return { decision: 'unchanged', done: false, ...(asked && { event: asked.event }) };
  }
  const reason = mustBeNewer(intent) ? reasonAgainst(intent, written, known) : undefined;
  return reason ?? { decision: 'accept', lock: accepted(lock, written, intent) };
};
