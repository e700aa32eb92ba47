import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import { failureRedriven } from '#events/failures.ts';
import { deriveId } from '#events/identity.ts';
import { by } from '../decide/plan.ts';
import { plain } from '../words.ts';
import type { Failed } from './read-failed.ts';

const cut = (text: string, most: number): string => plain(text).slice(0, most);

/**
 * What the log keeps of a message that was sent again. Undefined where the message is such an event itself: while the log is
 * what fails, each attempt would add another.
 */
export const redrivenEvent = (
  { message, target, error, about }: Failed,
  actor: Actor,
  now: number,
): AnyEvent | undefined => {
  const { event } = about;
  if (event !== undefined && failureRedriven.is(event)) return undefined;
  const time = new Date(now).toISOString();
  return failureRedriven.reported({
    by,
    identity: [message, actor.name, time],
    chain: event?.data.context.chainId ?? deriveId('failure', message),
    time,
    ...(event && { cause: { id: event.id } }),
    subject: { id: `${target.short}/${message}` },
    content: {
      target: target.short,
      event: { type: cut(about.type, 200), ...(about.id !== undefined && { id: cut(about.id, 200) }) },
      error: { code: cut(error.code, 200), message: cut(error.message, 1000) },
    },
    custom: { actor },
    service: event?.service,
    environment: event?.environment,
    team: event?.team,
  });
};
