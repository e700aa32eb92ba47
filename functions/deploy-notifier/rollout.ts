import type { AnyEvent } from '#events/event.ts';
import type { Image } from '#events/image.ts';
import { imageCommitted, imageProposed, imageRefused, imageRequested } from '#events/images.ts';
import { serviceDeployed, serviceUpgraded } from '#events/services.ts';
import { only, timeOf } from './known.ts';

/** How far an image came, the farthest last: a later stage stands whatever else was said of the same image. */
const stages = ['requested', 'refused', 'proposed', 'committed', 'healthy'] as const;

export type Stage = (typeof stages)[number];

interface Said {
  readonly environment: string;
  readonly target: string;
  readonly image: Image;
  readonly stage: Stage;
  readonly at: number;
  readonly diff?: string;
  readonly refusal?: string;
  readonly commit?: { readonly revision: string; readonly changed: boolean; readonly at: number };
}

/** One image of the service on its way into one environment. Times in milliseconds. */
export interface Rollout extends Said {
  readonly since: number;
}

const placeOf = ({
  data,
}: {
  data: { subject: { content: { environment: { id: string }; target: string; image: Image } } };
}) => {
  const { environment, target, image } = data.subject.content;
  return { environment: environment.id, target, image };
};

/** A rollback restores an image of another chain: it is not this delivery's. */
const isForward = ({ data }: { data: { subject: { content: { reason: string } } } }): boolean =>
  data.subject.content.reason !== 'rollback';

const saidOf = (events: readonly AnyEvent[]): Said[] => [
  ...only(imageRequested, events)
    .filter(isForward)
    .map((event) => ({ ...placeOf(event), stage: 'requested' as const, at: timeOf(event) })),
  ...only(imageRefused, events)
    .filter(isForward)
    .map((event) => ({
      ...placeOf(event),
      stage: 'refused' as const,
      at: timeOf(event),
      refusal: event.data.subject.content.message,
    })),
  ...only(imageProposed, events)
    .filter(isForward)
    .map((event) => ({
      ...placeOf(event),
      stage: 'proposed' as const,
      at: timeOf(event),
      diff: event.data.customData.diff,
    })),
  ...only(imageCommitted, events)
    .filter(isForward)
    .map((event) => {
      const { gitops, changed } = event.data.subject.content;
      const at = timeOf(event);
      return { ...placeOf(event), stage: 'committed' as const, at, commit: { revision: gitops.revision, changed, at } };
    }),
  ...[...only(serviceDeployed, events), ...only(serviceUpgraded, events)].map((event) => ({
    environment: event.data.subject.content.environment.id,
    target: event.data.customData.target,
    image: event.data.customData.image,
    stage: 'healthy' as const,
    at: timeOf(event),
  })),
];

const farther = (a: Said, b: Said): number =>
  stages.indexOf(a.stage) - stages.indexOf(b.stage) || a.at - b.at || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const rolloutOf = (said: readonly Said[]): Rollout[] => {
  const ordered = [...said].sort(farther);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const commit = ordered.findLast((each) => each.commit !== undefined)?.commit;
  return [{ ...last, since: Math.min(...said.map(({ at }) => at)), ...(commit && { commit }) }];
};

/** A commit that was built twice has two images: the one that came into Git counts, and of several the newest. */
const isAhead = (a: Rollout, b: Rollout): number =>
  Number(a.commit !== undefined) - Number(b.commit !== undefined) ||
  a.since - b.since ||
  (a.image.digest < b.image.digest ? -1 : 1);

/** Where the chain's images go: for each environment and target one. */
export const rolloutsOf = (events: readonly AnyEvent[]): Rollout[] => {
  const byImage = Map.groupBy(saidOf(events), (said) =>
    [said.environment, said.target, said.image.repository, said.image.digest].join(' '),
  );
  const rollouts = [...byImage.values()].flatMap(rolloutOf);
  return [...Map.groupBy(rollouts, ({ environment, target }) => `${environment} ${target}`).values()]
    .flatMap((several) => several.sort(isAhead).at(-1) ?? [])
    .sort((a, b) => (a.target < b.target ? -1 : 1));
};
