import * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';
import { imageCommitted } from '#events/images.ts';
import type { Deployment, DeploymentState } from '#shared/deliveries/deployment.ts';
import { read } from './events.ts';
import { type Hold, holdsOf } from './holds.ts';
import { imagesOf, type KnownImage } from './images.ts';

/** What the table holds of a place. */
export interface History {
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** Oldest first. */
  readonly events: readonly AnyEvent[];
  /** False where there are older events than these. */
  readonly complete: boolean;
}

/** What is known of one image of a service in one environment. */
export interface TargetFacts {
  readonly target: string;
  readonly team?: string | undefined;
  /** When the newest thing that is known happened. */
  readonly latest?: string | undefined;
  readonly asked?: DeploymentState | undefined;
  /** Who brought back what is asked for, if it was a rollback. */
  readonly restored?: { readonly by: string; readonly since: string } | undefined;
  readonly deployed?: DeploymentState | undefined;
  readonly verified?: DeploymentState | undefined;
  /** The one that was told of last first. */
  readonly images: readonly KnownImage[];
  /** The latest last. */
  readonly holds: readonly Hold[];
}

const restoredBy = (asked: DeploymentState | undefined, events: readonly AnyEvent[]): TargetFacts['restored'] => {
  const commit = read(
    imageCommitted,
    events.find(({ id }) => id === asked?.event),
  );
  if (commit?.data.subject.content.reason !== 'rollback') return undefined;
  return { by: commit.data.customData.actor.name, since: commit.time };
};

const factsOf = (target: string, deployment: Deployment, events: readonly AnyEvent[]): TargetFacts => ({
  target,
  team: events.findLast(({ team }) => team !== undefined)?.team,
  latest: events.at(-1)?.time,
  ...deployment,
  restored: restoredBy(deployment.asked, events),
  images: imagesOf(target, deployment, events),
  holds: holdsOf(target, events),
});

const targetIn = ({ data }: AnyEvent): string | undefined =>
  z.string().safeParse(data.subject.content.target ?? data.customData.target).data;

/** The facts of every target that anything is known of, by name. */
export const targetsOf = ({ deployments, events }: History): readonly TargetFacts[] => {
  const targets = new Set([...deployments.keys(), ...events.flatMap((event) => targetIn(event) ?? [])]);
  return [...targets].sort().map((target) => factsOf(target, deployments.get(target) ?? {}, events));
};
