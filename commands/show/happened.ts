import type * as z from 'zod';
import { kinds } from '#events/catalog.ts';
import type { AnyEvent } from '#events/event.ts';
import { failureRedriven } from '#events/failures.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { imageCommitted, imageProposed, imageRefused, imageRequested, syncRequested } from '#events/images.ts';
import { pipelineRunFinished, pipelineRunStarted } from '#events/pipelines.ts';
import {
  incidentDetected,
  incidentResolved,
  serviceDeployed,
  serviceRemoved,
  serviceRolledback,
  serviceUpgraded,
} from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { read } from '../place/events.ts';
import { shortCommit, shortDigest, shortTag } from '../words.ts';

interface Kind<Event> {
  readonly type: string;
  readonly schema: z.ZodType<Event>;
}

const tells =
  <Event>(kind: Kind<Event>, sentence: (event: Event) => string) =>
  (event: AnyEvent): string | undefined => {
    const found = read(kind, event);
    return found && sentence(found);
  };

const because = (why: string | undefined): string => (why === undefined ? '' : `: “${why}”`);

const sentences: readonly ((event: AnyEvent) => string | undefined)[] = [
  tells(imageRequested, ({ data: { subject, customData } }) => {
    const { image, reason } = subject.content;
    const what = reason === 'rollback' ? `a rollback to ${shortTag(image.tag)}` : shortTag(image.tag);
    return `${customData.actor.name} (${customData.actor.by}) asks for ${what}${because(customData.why)}`;
  }),
  tells(imageCommitted, ({ data: { subject } }) => {
    const { image, gitops, reason, changed } = subject.content;
    const again = changed ? (reason === 'rollback' ? ' again' : '') : ' already';
    return `${shortTag(image.tag)} is in Git${again} (${shortCommit(gitops.revision)})`;
  }),
  tells(
    imageProposed,
    ({ data }) => `${shortTag(data.subject.content.image.tag)} would be committed, but this only observes`,
  ),
  tells(
    imageRefused,
    ({ data: { subject } }) => `${shortTag(subject.content.image.tag)} is refused: ${subject.content.message}`,
  ),
  tells(
    syncRequested,
    ({ data: { subject } }) => `Argo CD ${subject.content.argocd} is told of ${shortCommit(subject.content.revision)}`,
  ),
  tells(pipelineRunStarted, ({ data }) => `${data.subject.content.pipelineName} runs (${data.customData.system})`),
  tells(pipelineRunFinished, ({ data, outcome }) => {
    const { pipelineName, errors } = data.subject.content;
    return `${pipelineName} ended with ${outcome} (${data.customData.system})${errors === undefined ? '' : `: ${errors}`}`;
  }),
  tells(serviceDeployed, ({ data }) => `${shortTag(data.customData.image.tag)} runs, the first`),
  tells(serviceUpgraded, ({ data }) => `${shortTag(data.customData.image.tag)} runs`),
  tells(serviceRolledback, ({ data }) => `${shortTag(data.customData.image.tag)} runs again`),
  tells(serviceRemoved, ({ data }) => `the application ${data.customData.application} was deleted`),
  tells(incidentDetected, ({ data }) => `incident: ${data.subject.content.description}`),
  tells(incidentResolved, ({ data }) => `over is the incident: ${data.subject.content.description}`),
  tells(testSuiteRunStarted, ({ data }) => `${shortTag(data.customData.image.tag)} is being checked`),
  tells(testSuiteRunFinished, ({ data, outcome }) => {
    const { image, checks } = data.customData;
    if (outcome === 'success') return `${shortTag(image.tag)} is verified`;
    const seen = checks.filter(({ passed }) => !passed).map(({ request, saw }) => `${request}: ${saw}`);
    const why = data.subject.content.reason ?? seen.join('; ');
    return `${shortTag(image.tag)} is not verified (${outcome})${why && `: ${why}`}`;
  }),
  tells(rollbackWithheld, ({ data: { subject } }) => {
    const { image, code, message } = subject.content;
    return `${shortTag(image.tag)} is not rolled back by itself (${code}): ${message}`;
  }),
  tells(failureRedriven, ({ data: { subject, customData } }) => {
    const { target, error } = subject.content;
    return `${customData.actor.name} sends to ${target} again what it failed on: ${error.message}`;
  }),
  tells(holdRequested, ({ data: { subject, customData } }) => {
    const { action, digest } = subject.content;
    const what = action === 'hold' ? 'a hold' : 'a release';
    return `${customData.actor.name} (${customData.actor.by}) asks for ${what} of ${shortDigest(digest)}${because(customData.why)}`;
  }),
  tells(holdCommitted, ({ data: { subject } }) => {
    const { action, digest, gitops } = subject.content;
    return `${shortDigest(digest)} is ${action === 'hold' ? 'held' : 'released'} (${shortCommit(gitops.revision)})`;
  }),
  tells(holdRefused, ({ data: { subject } }) => `the ${subject.content.action} is refused: ${subject.content.message}`),
];

/** What an event says, in a line; of a kind that has no words here, what the catalog says. */
export const happened = (event: AnyEvent): string => {
  for (const sentence of sentences) {
    const words = sentence(event);
    if (words !== undefined) return words;
  }
  return kinds.find(({ type }) => type === event.type)?.says ?? event.type;
};
