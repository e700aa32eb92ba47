import { purlOf } from '#events/image.ts';
import { imageRequested } from '#events/images.ts';
import type { DeploymentState } from '#shared/deliveries/deployment.ts';
import type { TargetFacts } from '../place/facts.ts';
import type { KnownImage } from '../place/images.ts';
import { ago, commandLine, placeName, plain, shortTag } from '../words.ts';
import { findImages, holdOf, listed, provenance } from './find-image.ts';
import { by, type Plan, refused, timeOf, type Wish } from './plan.ts';

export interface RollbackWish extends Wish {
  /** A tag or a digest of what was here before. */
  readonly to?: string | undefined;
}

type Choice = { readonly chosen: KnownImage } | { readonly problem: Plan };

const targetOption = ({ target }: TargetFacts, { several }: Wish): string[] => (several ? [`--target ${target}`] : []);

/** What was here, and is not what is asked for now. A person may also want what was overtaken before it ran. */
const candidatesOf = ({ images }: TargetFacts, asked: DeploymentState): readonly KnownImage[] =>
  images.filter(
    ({ image, committed, deployed, verified }) =>
      image.digest !== asked.image.digest && (committed ?? deployed ?? verified) !== undefined,
  );

const named = (facts: TargetFacts, asked: DeploymentState, wish: RollbackWish & { to: string }): Choice => {
  const { to, place, now } = wish;
  const candidates = candidatesOf(facts, asked);
  const found = findImages(to, candidates);
  const [chosen] = found;
  if (chosen === undefined) {
    const isAsked = findImages(to, facts.images).some(({ image }) => image.digest === asked.image.digest);
    const why = isAsked ? `${to} is what is asked for now` : `${to} was never here`;
    return { problem: refused(`${placeName(place)}: ${why}. There are:`, ...listed(facts, candidates, now)) };
  }
  if (found.some(({ image }) => image.digest !== chosen.image.digest)) {
    const all = listed(facts, found, now);
    return { problem: refused(`${placeName(place)}: ${to} names several images. Name one by its digest:`, ...all) };
  }
  if (holdOf(facts, chosen.image.digest) !== undefined) {
    const release = commandLine('release', place, ...targetOption(facts, wish), `--image ${chosen.image.digest}`);
    return {
      problem: refused(`${placeName(place)}: ${shortTag(chosen.image.tag)} is held. Release it first:`, `  ${release}`),
    };
  }
  return { chosen };
};

const timeVerified = ({ verified = '' }: KnownImage): number => Date.parse(verified);

const lastVerified = (facts: TargetFacts, asked: DeploymentState, wish: RollbackWish): Choice => {
  const { place, now } = wish;
  const candidates = candidatesOf(facts, asked);
  const option = commandLine('rollback', place, ...targetOption(facts, wish), '--to <tag|digest>');
  const list = listed(facts, candidates, now);
  // Two people, or a person and rollback-trigger, who mean the same bad image must not go back two steps.
  if (facts.restored !== undefined) {
    const { by: who, since } = facts.restored;
    const what = `${shortTag(asked.image.tag)} is what a rollback by ${plain(who)} brought back ${ago(since, now)}`;
    return { problem: refused(`${placeName(place)}: ${what}. To go further back:`, `  ${option}`, ...list) };
  }
  const [chosen] = candidates
    .filter(({ image, verified }) => verified !== undefined && holdOf(facts, image.digest) === undefined)
    .sort((a, b) => timeVerified(b) - timeVerified(a));
  if (chosen !== undefined) return { chosen };
  const what = `no other image than ${shortTag(asked.image.tag)} was`;
  const problem =
    list.length === 0
      ? refused(`${placeName(place)}: ${what} here, so there is none to go back to. Push a fix.`)
      : refused(
          `${placeName(place)}: ${what} verified here, or it is held. To choose one all the same:`,
          `  ${option}`,
          ...list,
        );
  return { problem };
};

const requestOf = (facts: TargetFacts, asked: DeploymentState, { image, order, commit }: KnownImage, wish: Wish) => {
  const { target, team, images } = facts;
  const { service, environment } = wish.place;
  const replaced = images.find((known) => known.image.digest === asked.image.digest);
  const time = timeOf(facts, wish);
  return imageRequested.reported({
    by,
    identity: [wish.actor.name, 'rollback', service, environment, target, asked.image.digest, image.digest, time],
    chain: asked.chain,
    time,
    cause: { id: asked.event },
    subject: { id: `${service}/${environment}/${target}` },
    content: {
      service: { id: service },
      environment: { id: environment },
      target,
      artifactId: purlOf(image),
      image,
      // A rollback is not measured by it; the lock keeps it with the image.
      order: order ?? replaced?.order ?? { time: asked.since, basis: 'commit' },
      reason: 'rollback',
      mode: 'write',
      expected: asked.image.digest,
    },
    custom: { actor: wish.actor, ...(commit && { commit }), ...(wish.why && { why: wish.why }) },
    service,
    environment,
    team,
  });
};

/** Goes back to the last verified image, or to the one that is named, and holds the one that is asked for now. */
export const decideRollback = (facts: TargetFacts, wish: RollbackWish): Plan => {
  const { asked, deployed } = facts;
  const { place, now, several, to } = wish;
  const where = placeName(place, several ? facts.target : undefined);
  if (asked === undefined)
    return refused(`${where}: Fairlead has committed no image, so there is nothing to roll back.`);
  const choice = to === undefined ? lastVerified(facts, asked, wish) : named(facts, asked, { ...wish, to });
  if ('problem' in choice) return choice.problem;
  const { chosen } = choice;
  const tag = shortTag(asked.image.tag);
  const current = facts.images.find(({ image }) => image.digest === asked.image.digest);
  return {
    plan: 'act',
    says: [
      `${where}: ${tag} → ${shortTag(chosen.image.tag)} (${provenance(chosen, now)}). ${tag} will be held.`,
      ...(current?.verified === undefined ? [] : [`${tag} was itself verified ${ago(current.verified, now)}.`]),
      ...(deployed === undefined || deployed.image.digest === asked.image.digest
        ? []
        : [`${tag} does not run yet: ${shortTag(deployed.image.tag)} does.`]),
    ],
    event: requestOf(facts, asked, chosen, wish),
    next: [
      `If ${tag} was not to blame: ${commandLine('release', place, ...targetOption(facts, wish), `--image ${asked.image.digest}`)}`,
    ],
  };
};
