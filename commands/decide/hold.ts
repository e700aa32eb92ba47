import { holdRequested } from '#events/holds.ts';
import { deriveId } from '#events/identity.ts';
import type { TargetFacts } from '../place/facts.ts';
import type { Hold } from '../place/holds.ts';
import { ago, commandLine, placeName, plain, shortDigest } from '../words.ts';
import { findImages, holdOf, isDigest, listed, nameOf } from './find-image.ts';
import { by, type Plan, refused, timeOf, type Wish } from './plan.ts';

export interface HoldWish extends Wish {
  /** A tag or a digest. */
  readonly image?: string | undefined;
}

const whereOf = ({ place, several }: Wish, { target }: TargetFacts): string =>
  placeName(place, several ? target : undefined);

interface About {
  readonly action: 'hold' | 'release';
  readonly digest: string;
  /** The event that it follows from, where one is known, and its chain. */
  readonly cause?: { readonly id: string; readonly chain: string } | undefined;
}

const requestOf = (facts: TargetFacts, wish: Wish, { action, digest, cause }: About) => {
  const { target, team, asked } = facts;
  const { service, environment } = wish.place;
  const time = timeOf(facts, wish);
  return holdRequested.reported({
    by,
    identity: [wish.actor.name, action, service, environment, target, digest, time],
    // Of an image that never came here no delivery is known: then it has a chain of its own.
    chain: cause?.chain ?? asked?.chain ?? deriveId(service, environment, target, digest),
    time,
    ...(cause && { cause: { id: cause.id } }),
    subject: { id: `${service}/${environment}/${target}` },
    content: { service: { id: service }, environment: { id: environment }, target, action, digest },
    custom: { actor: wish.actor, ...(wish.why && { why: wish.why }) },
    service,
    environment,
    team,
  });
};

/** The one digest that is meant, or why that can't be told. A whole digest is taken at its word. */
const digestOf = (name: string, facts: TargetFacts, wish: Wish): string | Plan => {
  if (isDigest(name)) return name;
  const found = findImages(name, facts.images);
  const digests = [...new Set(found.map(({ image }) => image.digest))];
  const [digest] = digests;
  if (digest !== undefined && digests.length === 1) return digest;
  const why =
    digest === undefined
      ? `no image ${name} is known here. Name one by its whole digest, or one of these:`
      : `${name} names several images. Name one by its digest:`;
  return refused(
    `${whereOf(wish, facts)}: ${why}`,
    ...listed(facts, digest === undefined ? facts.images : found, wish.now),
  );
};

/** Sees to it that an image does not come again, by default the one that is asked for now. */
export const decideHold = (facts: TargetFacts, wish: HoldWish): Plan => {
  const where = whereOf(wish, facts);
  const { asked, images } = facts;
  const name = wish.image ?? asked?.image.digest;
  if (name === undefined) return refused(`${where}: nothing is asked for. Which image? --image <tag|digest>`);
  const digest = digestOf(name, facts, wish);
  if (typeof digest !== 'string') return digest;
  const tag = nameOf(facts, digest);
  const held = holdOf(facts, digest);
  if (held !== undefined) {
    const says = `${where}: ${tag} is held already (${ago(held.since, wish.now)}, by ${plain(held.actor.name)}).`;
    return { plan: 'settled', says: [says] };
  }
  const known = images.find(({ image }) => image.digest === digest);
  const isAsked = digest === asked?.image.digest;
  const option = wish.several ? [`--target ${facts.target}`] : [];
  return {
    plan: 'act',
    says: [
      `${where}: ${tag} (${shortDigest(digest)}) will be held. It is not deployed again, under whatever tag, until somebody releases it.`,
      ...(isAsked ? [`It stays where it is. To go back: ${commandLine('rollback', wish.place, ...option)}`] : []),
    ],
    event: requestOf(facts, wish, {
      action: 'hold',
      digest,
      cause: known && { id: known.event, chain: known.chain },
    }),
    next: [],
  };
};

const heldList = (facts: TargetFacts, now: number): string[] =>
  facts.holds.map(({ digest, since }) => `  ${nameOf(facts, digest)}  ${shortDigest(digest)}  held ${ago(since, now)}`);

/** The hold that is meant, a digest of which no hold is known, or why that can't be told. */
const heldOf = (facts: TargetFacts, wish: HoldWish): { hold?: Hold; digest: string } | Plan => {
  const where = whereOf(wish, facts);
  if (wish.image === undefined) {
    const latest = facts.holds.at(-1);
    return latest === undefined
      ? refused(`${where}: as far as the events tell, nothing is held.`)
      : { hold: latest, digest: latest.digest };
  }
  const name = wish.image;
  // Of the images of one tag, that which is held is meant.
  const meant = [...new Set(findImages(name, facts.images).map(({ image }) => image.digest))];
  const held = facts.holds.filter(({ digest }) => meant.includes(digest) || digest === name);
  const [hold, other] = held;
  if (hold !== undefined && other === undefined) return { hold, digest: hold.digest };
  if (hold === undefined && isDigest(name)) return { digest: name };
  const list = heldList(facts, wish.now);
  if (hold !== undefined)
    return refused(`${where}: ${name} names several held images. Name one by its digest:`, ...list);
  return refused(
    `${where}: ${name} is not held, as far as the events tell.`,
    ...(list.length > 0 ? ['Held are:', ...list] : []),
  );
};

/** Ends a hold, by default the latest. The image does not come by itself: somebody asks for it, or pushes. */
export const decideRelease = (facts: TargetFacts, wish: HoldWish): Plan => {
  const found = heldOf(facts, wish);
  if ('plan' in found) return found;
  const { hold, digest } = found;
  const tag = nameOf(facts, digest);
  const because =
    hold &&
    ` (${hold.reason === 'rollback' ? 'rolled back' : 'held'} ${ago(hold.since, wish.now)} by ${plain(hold.actor.name)})`;
  const option = wish.several ? [`--target ${facts.target}`] : [];
  const ran = facts.images.some((known) => known.image.digest === digest && known.deployed !== undefined);
  return {
    plan: 'act',
    says: [`${whereOf(wish, facts)}: ${tag}${because ?? ''} will no longer be held. It is not deployed by that alone.`],
    event: requestOf(facts, wish, { action: 'release', digest, cause: hold && { id: hold.event, chain: hold.chain } }),
    next: ran
      ? [
          `To deploy it again, and hold what is there now: ${commandLine('rollback', wish.place, ...option, `--to ${digest}`)}`,
        ]
      : [],
  };
};
