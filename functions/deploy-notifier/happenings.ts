import type { AnyEvent } from '#events/event.ts';
import { rollbackWithheld } from '#events/holds.ts';
import { imageRefused } from '#events/images.ts';
import { incidentDetected, incidentResolved, serviceRolledback } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import { isSuperseded } from './environments.ts';
import { only, timeOf } from './known.ts';
import { seenLines } from './leg-steps.ts';
import { codeBlock, enumerate, plain } from './mrkdwn.ts';
import { byPerson, isPerson, shortTag } from './names.ts';
import { rollbacksOf, rolloutsOf } from './rollout.ts';
import { failureOf, suiteOf } from './suites.ts';

/** Something that the whole channel should see. */
export interface Happening {
  readonly kind: 'failed' | 'incident' | 'withheld' | 'refused' | 'rolled-back' | 'verified' | 'resolved';
  /** What makes it itself among those of its kind. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sentence: string;
  readonly reason?: string | undefined;
  /** In place of the reason, where there is room. */
  readonly lines?: readonly string[];
}

const longestCommand = 600;

const short = (text: string | undefined): string | undefined => text && plain(text, 300);

const isSeveral = (tags: readonly string[]): boolean => new Set(tags).size > 1;

const namesOf = (tags: readonly string[]): string =>
  enumerate([...new Set(tags.map(shortTag))].sort(), 3) || 'the image';

/** `main-3f2a9c1 is`, `main-3f2a9c1 and worker-12 are` */
const subjectOf = (tags: readonly string[], one = 'is', several = 'are'): string =>
  `${namesOf(tags)} ${isSeveral(tags) ? several : one}`;

interface Revised {
  data: { subject: { content: { environment: { id: string } } }; customData: { revision: string } };
}

/** Several images of a service that came by one commit fail and go back together: that is one happening. */
const together = <Event extends Revised>(events: readonly Event[]) =>
  [...Map.groupBy(events, ({ data }) => `${data.subject.content.environment.id}/${data.customData.revision}`)].flatMap(
    ([id, group]) => group.slice(0, 1).map((first) => ({ id, first, group })),
  );

const suitesWith = (events: readonly AnyEvent[], outcome: string) =>
  only(testSuiteRunFinished, events).filter(({ data }) => data.subject.content.outcome === outcome);

const failures = (events: readonly AnyEvent[]): Happening[] =>
  together(suitesWith(events, 'failure')).map(({ id, first, group }) => {
    const suite = suiteOf(first);
    const tags = group.map(({ data }) => data.customData.image.tag);
    return {
      kind: 'failed',
      id,
      at: timeOf(first),
      sentence: `${namesOf(tags)} failed in ${first.data.subject.content.environment.id}`,
      reason: short(failureOf(suite)),
      lines: seenLines(suite),
    };
  });

const incidents = (events: readonly AnyEvent[]): Happening[] =>
  only(incidentDetected, events).map((event) => {
    const { environment, description } = event.data.subject.content;
    const { image } = event.data.customData;
    const placed = rolloutsOf(events).filter((rollout) => rollout.environment === environment.id);
    const tags = image ? [image.tag] : placed.map((rollout) => rollout.image.tag);
    return {
      kind: 'incident',
      id: event.id,
      at: timeOf(event),
      sentence: `${subjectOf(tags)} unhealthy in ${environment.id}`,
      reason: short(description),
    };
  });

const withheld = (events: readonly AnyEvent[]): Happening[] =>
  only(rollbackWithheld, events).map((event) => {
    const { environment, image, message, command } = event.data.subject.content;
    return {
      kind: 'withheld',
      id: event.id,
      at: timeOf(event),
      sentence: `${subjectOf([image.tag])} not rolled back in ${environment.id}`,
      reason: short(message),
      lines: [plain(message, 600), ...(command ? [codeBlock(command, longestCommand)] : [])],
    };
  });

/** That something newer is there already is nobody's trouble. */
const refusals = (events: readonly AnyEvent[]): Happening[] =>
  only(imageRefused, events).flatMap((event) => {
    const { environment, image, reason, code, message } = event.data.subject.content;
    if (reason !== 'rollback' || isSuperseded({ refusal: { code, message } })) return [];
    return [
      {
        kind: 'refused',
        id: event.id,
        at: timeOf(event),
        sentence: `the rollback to ${shortTag(image.tag)} was refused for ${environment.id}`,
        reason: short(message),
      },
    ];
  });

const rollbacks = (events: readonly AnyEvent[]): Happening[] =>
  together(only(serviceRolledback, events)).map(({ id, first, group }) => {
    const environment = first.data.subject.content.environment.id;
    const targets = group.map(({ data }) => data.customData.target);
    const isMeant = (rollout: { environment: string; target: string }): boolean =>
      rollout.environment === environment && targets.includes(rollout.target);
    const { revision } = first.data.customData;
    const back = rollbacksOf(events).filter((rollout) => isMeant(rollout) && rollout.commit?.revision === revision);
    const replaced = back.flatMap(({ commit }) => commit?.previous ?? []);
    const delivered = rolloutsOf(events).filter(isMeant);
    const tags = replaced.length > 0 ? replaced : delivered.map(({ image }) => image.tag);
    const { actor, why } = back[0] ?? {};
    const restored = group.map(({ data }) => data.customData.image.tag);
    const how = `, which ${isSeveral(restored) ? 'are' : 'is'} healthy`;
    return {
      kind: 'rolled-back',
      id,
      at: timeOf(first),
      sentence: `${subjectOf(tags, 'was', 'were')} rolled back in ${environment}${byPerson(actor, undefined)} to ${namesOf(restored)}${how}`,
      reason: isPerson(actor) ? short(why) : undefined,
    };
  });

/** What a rollback brought back is proven. */
const recoveries = (events: readonly AnyEvent[]): Happening[] => {
  const back = new Set(only(serviceRolledback, events).map(({ id }) => id));
  const proven = suitesWith(events, 'success').filter(({ subject }) => back.has(subject));
  return together(proven).map(({ id, first, group }) => ({
    kind: 'verified',
    id,
    at: timeOf(first),
    sentence: `${subjectOf(group.map(({ data }) => data.customData.image.tag))} verified in ${first.data.subject.content.environment.id} after the rollback`,
  }));
};

const resolutions = (events: readonly AnyEvent[]): Happening[] => {
  const known = new Set(only(incidentDetected, events).map(({ subject }) => subject));
  return only(incidentResolved, events)
    .filter(({ subject }) => known.has(subject))
    .map((event) => ({
      kind: 'resolved',
      id: event.id,
      at: timeOf(event),
      sentence: `the incident in ${event.data.subject.content.environment.id} is over`,
      reason: short(event.data.subject.content.description),
    }));
};

/** With more events there are more happenings, and never fewer: who knows less tells nothing that is not so. */
export const happeningsOf = (events: readonly AnyEvent[]): Happening[] =>
  [failures, incidents, withheld, refusals, rollbacks, recoveries, resolutions].flatMap((find) => find(events));
