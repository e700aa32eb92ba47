import type * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';
import type { Image } from '#events/image.ts';
import { imageCommitted, imageRequested, type orderSchema } from '#events/images.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import type { Deployment, DeploymentState } from '#shared/deliveries/deployment.ts';
import { read } from './events.ts';

/** An image that was asked for in a place, and when it was last in Git, running and proven there. */
export interface KnownImage {
  readonly image: Image;
  /** Of the newest event that tells of it here. */
  readonly event: string;
  readonly chain: string;
  readonly time: string;
  readonly order?: z.infer<typeof orderSchema> | undefined;
  readonly commit?: string | undefined;
  readonly committed?: string | undefined;
  readonly deployed?: string | undefined;
  readonly verified?: string | undefined;
}

const momentOf = ({ id, time, data }: AnyEvent) => ({ event: id, time, chain: data.context.chainId });

const askedIn = (event: AnyEvent, target: string): KnownImage | undefined => {
  const asked = read(imageRequested, event) ?? read(imageCommitted, event);
  if (asked === undefined || asked.data.subject.content.target !== target) return undefined;
  const { image, order } = asked.data.subject.content;
  const committed = asked.type === imageCommitted.type ? event.time : undefined;
  return { ...momentOf(event), image, order, commit: asked.data.customData.commit, committed };
};

const deployedIn = (event: AnyEvent, target: string): KnownImage | undefined => {
  const deployed = read(serviceDeployed, event) ?? read(serviceUpgraded, event) ?? read(serviceRolledback, event);
  if (deployed?.data.customData.target !== target) return undefined;
  return { ...momentOf(event), image: deployed.data.customData.image, deployed: event.time };
};

const verifiedIn = (event: AnyEvent, target: string): KnownImage | undefined => {
  const run = read(testSuiteRunFinished, event);
  if (run?.data.customData.target !== target || run.outcome !== 'success') return undefined;
  return { ...momentOf(event), image: run.data.customData.image, verified: event.time };
};

const isTested = (events: readonly AnyEvent[], target: string): boolean =>
  events.some((event) => {
    const run = read(testSuiteRunStarted, event) ?? read(testSuiteRunFinished, event);
    return run?.data.customData.target === target;
  });

const recorded = (state: DeploymentState | undefined, fact: 'deployed' | 'verified'): KnownImage[] => {
  if (state === undefined) return [];
  const { image, event, chain, since } = state;
  return [{ image, event, chain, time: since, [fact]: since }];
};

const latest = (one: string | undefined, other: string | undefined): string | undefined =>
  [one, other]
    .filter((time) => time !== undefined)
    .reduce<string | undefined>((a, b) => (a && a > b ? a : b), undefined);

const merge = (older: KnownImage | undefined, newer: KnownImage): KnownImage => ({
  ...newer,
  order: newer.order ?? older?.order,
  commit: newer.commit ?? older?.commit,
  committed: latest(older?.committed, newer.committed),
  deployed: latest(older?.deployed, newer.deployed),
  verified: latest(older?.verified, newer.verified),
});

/** The images of a target that its events and its record tell of, the one that was told of last first. */
export const imagesOf = (
  target: string,
  deployment: Deployment,
  events: readonly AnyEvent[],
): readonly KnownImage[] => {
  // Where nothing is tested, what is healthy counts as verified; the record says so of one image, this of those before.
  const deployedIsVerified = deployment.verified !== undefined && !isTested(events, target);
  const seen = events.flatMap((event) => {
    const deployed = deployedIn(event, target);
    const one = askedIn(event, target) ?? deployed ?? verifiedIn(event, target);
    if (one === undefined) return [];
    return [deployed && deployedIsVerified ? { ...one, verified: event.time } : one];
  });
  const all = [...seen, ...recorded(deployment.deployed, 'deployed'), ...recorded(deployment.verified, 'verified')];
  const known = new Map<string, KnownImage>();
  for (const one of all.sort((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
    const { repository, tag, digest } = one.image;
    const key = `${repository}:${tag}@${digest}`;
    known.set(key, merge(known.get(key), one));
  }
  return [...known.values()].sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
};
