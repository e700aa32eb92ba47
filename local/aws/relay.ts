import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './listen.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An address that stays while who answers there changes. Whoever asks in between waits. */
export interface Relay {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  answer(handler: Handler): void;
  /** From now on requests wait for the next one to answer. */
  pause(): void;
  close(): Promise<void>;
}

export const openRelay = async (port: number): Promise<Relay> => {
  let answering = Promise.withResolvers<Handler>();
  const { url, close } = await listen(port, async (request, response) => (await answering.promise)(request, response));
  const pause = (): void => {
    answering = Promise.withResolvers();
  };
  return {
    url,
    answer: (handler) => {
      // Those who wait are told; those who come later find it answered.
      answering.resolve(handler);
      answering = { ...answering, promise: Promise.resolve(handler) };
    },
    pause,
    close,
  };
};
