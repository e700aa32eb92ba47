import { randomUUID } from 'node:crypto';
import type { Queue } from '../../template/model.ts';
import type { Message, MessageAttributes, ReceivedMessage } from './message.ts';

export interface Sending {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly senderId?: string;
  readonly delaySeconds?: number | undefined;
}

/** A standard queue in memory. */
export interface LocalQueue {
  readonly definition: Queue;
  /** Messages of any state. */
  readonly size: number;
  send(sending: Sending): Message;
  receive(maximum: number, visibilityTimeoutSeconds?: number): ReceivedMessage[];
  /** False if the handle is not of the message's last receipt. */
  delete(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): boolean;
  counts(): { readonly visible: number; readonly invisible: number; readonly delayed: number };
  purge(): void;
  /** Takes a message as it is, from the queue it died in. */
  accept(message: Message): void;
  /** Takes every message out, whatever its state: they are seen again as if sent anew. */
  takeAll(): Message[];
  /** Calls back whenever a message arrives, becomes visible, or goes. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

export interface QueueOptions {
  /** How long a second of SQS lasts, in ms: of visibility and delays. */
  milliseconds(seconds: number): number;
  deadLetter(queueArn: string, message: Message): void;
}

interface Stored {
  readonly message: Message;
  receiptHandle: string | undefined;
  receiveCount: number;
  firstReceivedAt: number;
  visibleAt: number;
}

export const createQueue = (definition: Queue, { milliseconds, deadLetter }: QueueOptions): LocalQueue => {
  const stored = new Set<Stored>();
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  const changed = (): void => {
    clearTimeout(timer);
    const next = Math.min(...[...stored].map(({ visibleAt }) => visibleAt).filter((at) => at > Date.now()));
    // Without listeners nobody waits, and a timer would only keep the process up.
    if (Number.isFinite(next) && listeners.size > 0) timer = setTimeout(changed, next - Date.now());
    for (const listener of [...listeners]) listener();
  };

  const add = (message: Message, delaySeconds: number): void => {
    const visibleAt = Date.now() + milliseconds(delaySeconds);
    stored.add({ message, receiptHandle: undefined, receiveCount: 0, firstReceivedAt: 0, visibleAt });
    changed();
  };

  const dropExpired = (): void => {
    const oldest = Date.now() - definition.retentionSeconds * 1000;
    for (const one of stored) if (one.message.sentAt < oldest) stored.delete(one);
  };

  const takeDeadLetters = (): Stored[] => {
    const { redrive } = definition;
    if (redrive === undefined) return [];
    const now = Date.now();
    const dead = [...stored].filter((one) => one.visibleAt <= now && one.receiveCount >= redrive.maxReceiveCount);
    for (const one of dead) stored.delete(one);
    for (const { message } of dead) deadLetter(redrive.deadLetterArn, { ...message, deadLetterSource: definition.arn });
    return dead;
  };

  const hand = (one: Stored, visibilitySeconds: number): ReceivedMessage => {
    const receiptHandle = randomUUID();
    one.receiptHandle = receiptHandle;
    one.receiveCount += 1;
    one.firstReceivedAt ||= Date.now();
    one.visibleAt = Date.now() + milliseconds(visibilitySeconds);
    return { ...one.message, receiptHandle, receiveCount: one.receiveCount, firstReceivedAt: one.firstReceivedAt };
  };

  const byHandle = (receiptHandle: string): Stored | undefined =>
    [...stored].find((one) => one.receiptHandle === receiptHandle);

  return {
    definition,
    get size() {
      return stored.size;
    },
    send: ({ body, attributes = {}, senderId = 'AIDALOCAL', delaySeconds = definition.delaySeconds }) => {
      const message = { messageId: randomUUID(), body, attributes, senderId, sentAt: Date.now() };
      add(message, delaySeconds);
      return message;
    },
    accept: (message) => add(message, 0),
    takeAll: () => {
      const messages = [...stored].map(({ message }) => message);
      stored.clear();
      return messages;
    },
    receive: (maximum, visibilitySeconds = definition.visibilityTimeoutSeconds) => {
      dropExpired();
      const dead = takeDeadLetters();
      const visible = [...stored].filter(({ visibleAt }) => visibleAt <= Date.now()).slice(0, maximum);
      const received = visible.map((one) => hand(one, visibilitySeconds));
      if (received.length + dead.length > 0) queueMicrotask(changed);
      return received;
    },
    delete: (receiptHandle) => {
      const one = byHandle(receiptHandle);
      if (one !== undefined && stored.delete(one)) changed();
      return one !== undefined;
    },
    changeVisibility: (receiptHandle, seconds) => {
      const one = byHandle(receiptHandle);
      if (one === undefined || one.visibleAt <= Date.now()) return false;
      one.visibleAt = Date.now() + milliseconds(seconds);
      changed();
      return true;
    },
    counts: () => {
      const hidden = [...stored].filter(({ visibleAt }) => visibleAt > Date.now());
      const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length;
      return { visible: stored.size - hidden.length, invisible: hidden.length - delayed, delayed };
    },
    purge: () => {
      stored.clear();
      changed();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      changed();
      return () => listeners.delete(listener);
    },
    close: () => {
      clearTimeout(timer);
      listeners.clear();
    },
  };
};
