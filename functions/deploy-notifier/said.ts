import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import type { Image } from '#events/image.ts';
import { imageCommitted, imageOffered, imageProposed, imageRefused, imageRequested } from '#events/images.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { causeOf, only, timeOf } from './known.ts';

/** How far an image came, the farthest last: a later stage stands whatever else was said of the same image. */
export const stages = ['requested', 'offered', 'refused', 'proposed', 'committed', 'healthy'] as const;

export type Stage = (typeof stages)[number];

/** What one event says of an image in an environment. Times in milliseconds. */
export interface Said {
  readonly environment: string;
  readonly target: string;
  readonly image: Image;
  readonly stage: Stage;
  readonly at: number;
  /** Of what goes back: the request for it. */
  readonly move?: string | undefined;
  readonly actor?: Actor;
  readonly why?: string | undefined;
  readonly diff?: string;
  readonly refusal?: { readonly code: string; readonly message: string };
  /** The pull request that it waits for. */
  readonly pull?: { readonly number: number; readonly url: string };
  readonly commit?: Commit;
  /** The event that tells of the deployment. */
  readonly deployment?: string;
}

interface Commit {
  readonly id: string;
  readonly revision: string;
  readonly changed: boolean;
  readonly at: number;
  /** The tag that it replaced. */
  readonly previous: string | undefined;
}

interface Asking {
  data: {
    subject: { content: { environment: { id: string }; target: string; image: Image; reason: string } };
    customData: { actor: Actor };
  };
}

const askedBy = ({ data }: Asking) => {
  const { environment, target, image } = data.subject.content;
  return { environment: environment.id, target, image, actor: data.customData.actor };
};

const isBack = ({ data }: Asking): boolean => data.subject.content.reason === 'rollback';

/** What was asked for, and what the writer made of it. */
const askedOf = (events: readonly AnyEvent[]): Said[] => [
  ...only(imageRequested, events).map((event) => ({
    ...askedBy(event),
    stage: 'requested' as const,
    at: timeOf(event),
    move: isBack(event) ? event.id : undefined,
    why: event.data.customData.why,
  })),
  ...only(imageRefused, events).map((event) => {
    const { code, message } = event.data.subject.content;
    const move = isBack(event) ? causeOf(event) : undefined;
    return { ...askedBy(event), stage: 'refused' as const, at: timeOf(event), move, refusal: { code, message } };
  }),
  ...only(imageOffered, events).map((event) => ({
    ...askedBy(event),
    stage: 'offered' as const,
    at: timeOf(event),
    move: isBack(event) ? causeOf(event) : undefined,
    pull: event.data.subject.content.pullRequest,
  })),
  ...only(imageProposed, events).map((event) => ({
    ...askedBy(event),
    stage: 'proposed' as const,
    at: timeOf(event),
    move: isBack(event) ? causeOf(event) : undefined,
    diff: event.data.customData.diff,
  })),
  ...only(imageCommitted, events).map((event) => {
    const { gitops, changed, previous } = event.data.subject.content;
    const at = timeOf(event);
    const move = isBack(event) ? causeOf(event) : undefined;
    const commit = { id: event.id, revision: gitops.revision, changed, at, previous: previous?.tag };
    return { ...askedBy(event), stage: 'committed' as const, at, move, commit };
  }),
];

/** All that is said of images. Before the commit of a rollback is known, the rollback goes by the commit's id. */
export const saidOf = (events: readonly AnyEvent[]): Said[] => {
  const asked = askedOf(events);
  const moveOf = (commit: string): string => asked.find((each) => each.commit?.id === commit)?.move ?? commit;
  const forward = [...only(serviceDeployed, events), ...only(serviceUpgraded, events)];
  const back = only(serviceRolledback, events);
  return [
    ...asked,
    ...[
      ...forward.map((event) => ({ event, move: undefined })),
      ...back.map((event) => ({ event, move: moveOf(causeOf(event)) })),
    ].map(({ event, move }) => ({
      environment: event.data.subject.content.environment.id,
      target: event.data.customData.target,
      image: event.data.customData.image,
      stage: 'healthy' as const,
      at: timeOf(event),
      move,
      deployment: event.id,
    })),
  ];
};
