import type { ReceivedMessage } from './message.ts';
import type { LocalQueue } from './queue.ts';

interface Receiving {
  readonly MaxNumberOfMessages: number;
  readonly VisibilityTimeout?: number | undefined;
  readonly WaitTimeSeconds?: number | undefined;
}

/** Receives what is there, or waits for the first message (long polling). */
export const receiveWithin = async (queue: LocalQueue, input: Receiving): Promise<ReceivedMessage[]> => {
  const receive = () => queue.receive(input.MaxNumberOfMessages, input.VisibilityTimeout);
  const messages = receive();
  const waitSeconds = input.WaitTimeSeconds ?? queue.definition.receiveWaitSeconds;
  if (messages.length > 0 || waitSeconds === 0) return messages;
  const arrived = Promise.withResolvers<ReceivedMessage[]>();
  const timer = setTimeout(() => arrived.resolve([]), waitSeconds * 1000);
  let waiting = true;
  const unsubscribe = queue.subscribe(() => {
    const later = waiting ? receive() : [];
    if (later.length === 0) return;
    waiting = false;
    arrived.resolve(later);
  });
  return await arrived.promise.finally(() => {
    waiting = false;
    clearTimeout(timer);
    unsubscribe();
  });
};
