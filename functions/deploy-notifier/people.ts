import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { artifactPublished, imageCommitted, imageRequested } from '#events/images.ts';
import { causeOf, only, timeOf } from './known.ts';
import { shortTag } from './names.ts';

/** A person's hold, or the end of one. Times in milliseconds. */
export interface Hold {
  readonly environment: string;
  readonly target: string;
  readonly action: 'hold' | 'release';
  readonly stage: 'requested' | 'refused' | 'committed';
  /** The image's tag, or its digest where no event names the tag. */
  readonly image: string;
  readonly actor: Actor;
  readonly why: string | undefined;
  readonly at: number;
  readonly refusal?: string;
}

const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

const tagsByDigest = (events: readonly AnyEvent[]): ReadonlyMap<string, string> => {
  const images = [
    ...only(artifactPublished, events).map(({ data }) => data.customData.image),
    ...[...only(imageRequested, events), ...only(imageCommitted, events)].map(({ data }) => data.subject.content.image),
  ];
  return new Map(images.map(({ digest, tag }) => [digest, shortTag(tag)]));
};

/** What people asked to be held or released, and what came of it, oldest first. */
export const holdsOf = (events: readonly AnyEvent[]): Hold[] => {
  const tags = tagsByDigest(events);
  const said = [
    ...only(holdRequested, events).map((event) => ({ event, request: event.id, stage: 'requested' as const })),
    ...only(holdRefused, events).map((event) => ({
      event,
      request: causeOf(event),
      stage: 'refused' as const,
      refusal: event.data.subject.content.message,
    })),
    ...only(holdCommitted, events).map((event) => ({ event, request: causeOf(event), stage: 'committed' as const })),
  ];
  // Of each request what was said last, in the order above.
  const latest = new Map(said.map((each) => [each.request, each]));
  return [...latest.values()]
    .map(({ event, request: _, ...stage }) => {
      const { environment, target, action, digest } = event.data.subject.content;
      const { actor, why } = event.data.customData;
      const image = tags.get(digest) ?? shortDigest(digest);
      return { environment: environment.id, target, action, image, actor, why, at: timeOf(event), ...stage };
    })
    .sort((a, b) => a.at - b.at || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
};

/** Why a failed deployment was left to people, and what they can type. */
export interface Withheld {
  readonly environment: string;
  readonly message: string;
  readonly command: string | undefined;
  readonly at: number;
}

export const withheldOf = (events: readonly AnyEvent[]): Withheld[] =>
  only(rollbackWithheld, events).map((event) => {
    const { environment, message, command } = event.data.subject.content;
    return { environment: environment.id, message, command, at: timeOf(event) };
  });
