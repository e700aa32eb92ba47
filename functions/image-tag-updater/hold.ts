import type { EventOf } from '#events/event.ts';
import { holdCommitted, holdRefused, type holdRequested } from '#events/holds.ts';
import { type Config, environmentOf } from '#shared/config/config.ts';
import type { Result } from '#shared/gitops/intent.ts';
import { Blocked } from '#shared/handlers/errors.ts';
import { emit, type Outcome } from '#shared/handlers/outcome.ts';
import { failureOf } from './failure.ts';
import { offeredPlaceOf } from './place.ts';
import type { Planned } from './planned.ts';

export type HoldRequest = EventOf<typeof holdRequested>;

const saidOf = (request: HoldRequest) => {
  const { subject, data } = request;
  const { target } = data.subject.content;
  return { by: 'image-tag-updater', subject: { id: subject }, target, custom: data.customData };
};

const refused = (request: HoldRequest, code: string, message: string): Outcome =>
  emit(
    holdRefused.causedBy(request, { ...saidOf(request), content: { ...request.data.subject.content, code, message } }),
  );

/** Nothing has come of a request, which lies in the failure queue now: see `notWritten` for its id. */
export const holdNotWritten = (request: HoldRequest, reason: Error): Outcome => {
  const said = saidOf(request);
  const failure = failureOf(reason);
  const target = `${said.target} ${failure.code}`;
  return emit(
    holdRefused.causedBy(request, { ...said, target, content: { ...request.data.subject.content, ...failure } }),
  );
};

/** In whose lock the hold belongs, or why it belongs in none. */
export const planHold = (request: HoldRequest, config: Config): Planned | Outcome => {
  const { service, environment: name, target, action, digest } = request.data.subject.content;
  const environment = environmentOf(config, { service: service.id, environment: name.id });
  if (environment === undefined)
    return refused(
      request,
      'not-configured',
      `${service.id} has no environment ${name.id} in the configuration ${config.version}.`,
    );
  if (environment.mode === 'observe')
    return refused(
      request,
      'observe',
      `${service.id}'s ${name.id} only observes, so nothing is written to its lock, and no image either.`,
    );
  return {
    gitops: environment.gitops,
    place: offeredPlaceOf(environment, config),
    wish: {
      event: request.id,
      time: request.time,
      chain: request.data.context.chainId,
      service: service.id,
      environment: name.id,
      target,
      actor: request.data.customData.actor.name,
      action,
      digest,
    },
  };
};

/** What the writer did, as the event that says so. */
export const holdOutcomeOf = (request: HoldRequest, gitops: string, result: Result): Outcome | Blocked => {
  if (result.outcome === 'declined') return new Blocked(result.message);
  if (result.outcome === 'refused') return refused(request, result.code, result.message);
  if (result.outcome !== 'recorded') throw new Error('The writer took a hold for an image.');
  const { revision, committedAt, changed } = result;
  return emit(
    holdCommitted.causedBy(request, {
      ...saidOf(request),
      time: committedAt,
      content: { ...request.data.subject.content, gitops: { name: gitops, revision }, changed },
    }),
  );
};
