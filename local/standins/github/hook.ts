import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, messageOf, post, type Result, type Target } from './post.ts';

/** A webhook as GitHub's page of recent deliveries lists it. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  /** `owner/name` */
  readonly repository: string;
  readonly status: Result | 'lost';
  /** ISO 8601. */
  readonly deliveredAt: string;
  readonly durationMs: number;
  readonly redelivered: boolean;
}

export interface Faults {
  /** Whether this webhook never leaves GitHub, which happens. It can be delivered again. */
  readonly loses?: (event: string) => boolean;
  /** Milliseconds before this webhook is sent. */
  readonly delays?: (event: string) => number;
}

type Listener = (delivery: Delivery) => void;

/** Keeps what it sent, so that it can be sent again; by itself it sends everything once. */
export const createHook = (target: Target, { loses, delays }: Faults) => {
  const messages = new Map<string, Message>();
  const deliveries: Delivery[] = [];
  const listeners = new Set<Listener>();
  const closing = new AbortController();

  const attempt = async (message: Message, redelivered: boolean): Promise<void> => {
    const { id, event, repository } = message;
    const lost = !redelivered && (loses?.(event) ?? false);
    await sleep(delays?.(event) ?? 0, undefined, { signal: closing.signal }).catch(() => undefined);
    const deliveredAt = new Date().toISOString();
    const began = performance.now();
    const status: Delivery['status'] = lost ? 'lost' : await post(message, target, closing.signal);
    const durationMs = Math.round(performance.now() - began);
    const delivery: Delivery = { id, event, repository, status, deliveredAt, durationMs, redelivered };
    deliveries.push(delivery);
    for (const listener of listeners) listener(delivery);
  };

  return {
    /** In the order in which they were answered. */
    deliveries: (): readonly Delivery[] => [...deliveries],
    send: (event: string, repository: string, payload: object): Promise<void> => {
      const message = messageOf(event, repository, payload);
      messages.set(message.id, message);
      return attempt(message, false);
    },
    /** What GitHub's button does: the same delivery again, with the same id and bytes. */
    redeliver: (id: string): Promise<void> => {
      const message = messages.get(id);
      if (message === undefined) throw new Error(`GitHub has no delivery ${id}`);
      return attempt(message, true);
    },
    subscribe: (listener: Listener) => {
      listeners.add(listener);
      return (): void => {
        listeners.delete(listener);
      };
    },
    close: (): void => closing.abort(),
  };
};
