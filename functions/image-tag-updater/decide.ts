import type { EventOf } from '#events/event.ts';
import { imageCommitted, imageProposed, imageRefused, type imageRequested, longestDiff } from '#events/images.ts';
import { commandLine } from '#shared/config/command-line.ts';
import { type Config, environmentOf } from '#shared/config/config.ts';
import type { Result } from '#shared/gitops/intent.ts';
import { Blocked } from '#shared/handlers/errors.ts';
import { emit, type Outcome } from '#shared/handlers/outcome.ts';
import { failureOf } from './failure.ts';
import { editsOf, newestBy, offeredPlaceOf } from './place.ts';
import type { Planned } from './planned.ts';

export type Request = EventOf<typeof imageRequested>;

/** What a command needs to name a place. */
export type Ways = Parameters<typeof commandLine>[2];

const by = 'image-tag-updater';

export const saidOf = (request: Request) => {
  const { service, environment, target, artifactId, image, order, reason } = request.data.subject.content;
  return {
    by,
    subject: { id: request.subject },
    target,
    asked: { service, environment, target, artifactId, image, order, reason },
    custom: { actor: request.data.customData.actor, commit: request.data.customData.commit },
  };
};

/** A refusal is a result: it is told, and holds nothing up. */
export const refused = (request: Request, code: string, message: string): Outcome => {
  const { asked, ...said } = saidOf(request);
  return emit(imageRefused.causedBy(request, { ...said, content: { ...asked, code, message } }));
};

/**
 * Nothing has come of a request, which lies in the failure queue now. Its id is not that of the refusal that the rules may
 * come to when it is sent again.
 */
export const notWritten = (request: Request, reason: Error): Outcome => {
  const { asked, ...said } = saidOf(request);
  const failure = failureOf(reason);
  const target = `${said.target} ${failure.code}`;
  return emit(imageRefused.causedBy(request, { ...said, target, content: { ...asked, ...failure } }));
};

/** What the lock refuses to a person, a person can allow: the message says how. */
const explained = (request: Request, { code, message }: { code: string; message: string }, ways: Ways): string => {
  const { service, environment, target, image, reason } = request.data.subject.content;
  if (code !== 'held' || reason === 'published') return message;
  const place = { service: service.id, environment: environment.id, target };
  return `${message} The command: ${commandLine('release', place, ways, `--image ${image.digest}`)}`;
};

/** Where the configuration wants this image, or why it can't be written anywhere. */
export const plan = (request: Request, config: Config): Planned | Outcome => {
  const { service, environment: name, target, image, order, reason, mode, expected } = request.data.subject.content;
  const environment = environmentOf(config, { service: service.id, environment: name.id });
  if (environment === undefined) {
    return refused(
      request,
      'not-configured',
      `${service.id} has no environment ${name.id} in the configuration ${config.version}.`,
    );
  }
  const edits = editsOf(environment, target);
  if (edits.length === 0) {
    return refused(
      request,
      'not-configured',
      `No edit of ${service.id}'s ${name.id} is for the image ${target}: add one under edits in its service file.`,
    );
  }
  const { actor, commit } = request.data.customData;
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
      image,
      order: order.time,
      newestBy: newestBy(environment.tags),
      reason,
      expected,
      mode,
      pin: environment.pin,
      edits,
      commit,
      actor: actor.name,
    },
  };
};

/** As much of a diff as an event carries. */
export const cut = (diff: string): string =>
  diff.length > longestDiff ? `${diff.slice(0, longestDiff - 2)}…\n` : diff;

/** What the writer did, as the event that says so. */
export const outcomeOf = (request: Request, gitops: string, result: Result, ways: Ways): Outcome | Blocked => {
  const { asked, custom, ...said } = saidOf(request);
  switch (result.outcome) {
    case 'refused':
      return refused(request, result.code, explained(request, result, ways));
    case 'proposed':
      return emit(
        imageProposed.causedBy(request, {
          ...said,
          content: { ...asked, gitops: { name: gitops, files: [...result.files] } },
          custom: { ...custom, diff: cut(result.diff) },
        }),
      );
    case 'committed':
    case 'unchanged':
      return emit(
        imageCommitted.causedBy(request, {
          ...said,
          time: result.committedAt,
          content: {
            ...asked,
            gitops: { name: gitops, files: [...result.files], revision: result.revision },
            previous: result.previous,
            first: result.first,
            changed: result.outcome === 'committed',
          },
          custom: { ...custom, diff: cut(result.diff) },
        }),
      );
    case 'offered':
      throw new Error('The writer offered an image that has no pull request.');
    case 'declined':
      return new Blocked(result.message);
    case 'recorded':
      throw new Error('The writer took an image for a hold.');
  }
};
