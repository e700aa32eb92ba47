import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { serviceRolledback } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';

/** Enough of a digest to recognise it. */
const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

const verdicts = { success: 'is proven', failure: 'failed its smoke test', error: 'is not proven' } as const;

const tested = (event: AnyEvent): string | undefined => {
  if (testSuiteRunStarted.is(event)) return `${event.data.subject.content.environment.id} is being checked`;
  if (!testSuiteRunFinished.is(event)) return undefined;
  const { environment, outcome, reason } = event.data.subject.content;
  const { image } = event.data.customData;
  return `image ${image.tag} ${verdicts[outcome]} in ${environment.id}${reason === undefined ? '' : `: ${reason}`}`;
};

const held = (event: AnyEvent): string | undefined => {
  if (holdRequested.is(event)) {
    const { environment, action, digest } = event.data.subject.content;
    const { name } = event.data.customData.actor;
    return `${name} wants image ${shortDigest(digest)} ${action === 'hold' ? 'held' : 'released'} in ${environment.id}`;
  }
  if (holdCommitted.is(event)) {
    const { environment, action, digest } = event.data.subject.content;
    return `image ${shortDigest(digest)} is ${action === 'hold' ? '' : 'no longer '}held in ${environment.id}`;
  }
  if (!holdRefused.is(event)) return undefined;
  const { environment, action, digest, message } = event.data.subject.content;
  const done = action === 'hold' ? 'held' : 'released';
  return `image ${shortDigest(digest)} was not ${done} in ${environment.id}: ${message}`;
};

const returned = (event: AnyEvent): string | undefined => {
  if (serviceRolledback.is(event)) {
    const { environment } = event.data.subject.content;
    return `image ${event.data.customData.image.tag} is healthy in ${environment.id} again`;
  }
  if (!rollbackWithheld.is(event)) return undefined;
  const { environment, message, command } = event.data.subject.content;
  return `${environment.id} is not rolled back by itself: ${message}${command === undefined ? '' : ` (${command})`}`;
};

/** What happens once something is deployed, in the words of its reader; undefined for everything before that. */
export const wayBackOf = (event: AnyEvent): string | undefined => tested(event) ?? held(event) ?? returned(event);
