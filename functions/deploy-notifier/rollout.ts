import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import type { Image } from '#events/image.ts';
import { type Said, saidOf, stages } from './said.ts';
import { type Suite, suitesOf } from './suites.ts';

/** One image of the service on its way into one environment, or on its way back. Times in milliseconds. */
export interface Rollout extends Omit<Said, 'move' | 'deployment' | 'actor'> {
  readonly since: number;
  /** Of what runs. */
  readonly suite: Suite | undefined;
  /** The ids of the commits that put it there. */
  readonly commits: readonly string[];
  readonly actor: Actor | undefined;
  readonly why: string | undefined;
}

const farther = (a: Said, b: Said): number =>
  stages.indexOf(a.stage) - stages.indexOf(b.stage) || a.at - b.at || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const rolloutOf = (said: readonly Said[], suites: ReadonlyMap<string, Suite>): Rollout[] => {
  const ordered = [...said].sort(farther);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const { move: _, deployment: __, ...stage } = last;
  const commit = ordered.findLast((each) => each.commit !== undefined)?.commit;
  const tested = ordered.findLast((each) => each.deployment !== undefined && suites.has(each.deployment))?.deployment;
  return [
    {
      ...stage,
      since: Math.min(...said.map(({ at }) => at)),
      ...(commit && { commit }),
      suite: tested === undefined ? undefined : suites.get(tested),
      commits: ordered.flatMap((each) => each.commit?.id ?? []),
      actor: ordered.find(({ actor }) => actor !== undefined)?.actor,
      why: ordered.find(({ why }) => why !== undefined)?.why,
    },
  ];
};

const keyOf = (image: Image): string => `${image.repository}@${image.digest}`;

/** A commit that was built twice has two images: the one that came into Git counts, and of several the newest. */
const isAhead = (a: Rollout, b: Rollout): number =>
  Number(a.commit !== undefined) - Number(b.commit !== undefined) ||
  a.since - b.since ||
  (a.image.digest < b.image.digest ? -1 : 1);

const byTarget = (a: Rollout, b: Rollout): number => (a.target < b.target ? -1 : Number(a.target > b.target));

const placeOf = ({ environment, target }: Pick<Said, 'environment' | 'target'>): string => `${environment} ${target}`;

/** Where the chain's images go: for each environment and target one. */
export const rolloutsOf = (events: readonly AnyEvent[]): Rollout[] => {
  const suites = suitesOf(events);
  const said = saidOf(events).filter(({ move }) => move === undefined);
  const byImage = Map.groupBy(said, (each) => `${placeOf(each)} ${keyOf(each.image)}`);
  const rollouts = [...byImage.values()].flatMap((group) => rolloutOf(group, suites));
  return [...Map.groupBy(rollouts, placeOf).values()]
    .flatMap((several) => several.sort(isAhead).at(-1) ?? [])
    .sort(byTarget);
};

/** What went back on this chain: each request for it, oldest first. */
export const rollbacksOf = (events: readonly AnyEvent[]): Rollout[] => {
  const suites = suitesOf(events);
  const said = saidOf(events).filter(({ move }) => move !== undefined);
  const byMove = Map.groupBy(said, (each) => `${placeOf(each)} ${each.move}`);
  return [...byMove.values()]
    .flatMap((group) => rolloutOf(group, suites))
    .sort((a, b) => a.since - b.since || a.at - b.at || byTarget(a, b) || (keyOf(a.image) < keyOf(b.image) ? -1 : 1));
};
