import type { Message } from '@aws-sdk/client-sqs';
import type { Stage } from '#commands/aws/connect.ts';
import { Failure } from '#commands/failure.ts';
import type { Failed } from '#commands/failures/read-failed.ts';
import type { AnyEvent } from '#events/event.ts';

export interface Breaks {
  /** Of the message with this id. */
  readonly sending?: (message: string) => boolean;
  readonly publishing?: (subject: string) => boolean;
  readonly removing?: (message: string) => boolean;
}

const idOf = ({ MessageId = '' }: Message): string => MessageId;

/** A stage whose queue forgets nothing, and whose parts fail when told. Everything else of a stage throws. */
export const fakeStage = (messages: readonly Message[], breaks: Breaks = {}) => {
  const visible = new Map(messages.map((message) => [idOf(message), message]));
  const inHands = new Map<string, Message>();
  const sent: Failed[] = [];
  const published: AnyEvent[] = [];
  const fail = (what: string): never => {
    throw new Failure(`${what} does not work`);
  };
  const stage: Stage = {
    bus: 'fairlead-dev',
    failures: {
      take: async (most) => {
        const taken = [...visible.values()].slice(0, most);
        for (const message of taken) {
          visible.delete(idOf(message));
          inHands.set(idOf(message), message);
        }
        return taken;
      },
      release: async (released) => {
        for (const message of released) {
          if (!inHands.delete(idOf(message))) throw new Error(`fake: ${idOf(message)} is in nobody's hands`);
          visible.set(idOf(message), message);
        }
      },
      remove: async (message) => {
        if (breaks.removing?.(idOf(message))) fail('removing');
        if (!inHands.delete(idOf(message))) throw new Error(`fake: ${idOf(message)} is in nobody's hands`);
      },
      inHands: async () => inHands.size,
      sendBack: async (failed) => {
        if (breaks.sending?.(failed.message)) fail('sending');
        sent.push(failed);
      },
    },
    publish: async (event) => {
      if (breaks.publishing?.(event.subject)) fail('publishing');
      published.push(event);
    },
    caller: async () => 'mona',
    history: () => fail('fake: history'),
    somePlaces: () => fail('fake: somePlaces'),
  };
  return { stage, visible, inHands, sent, published };
};
