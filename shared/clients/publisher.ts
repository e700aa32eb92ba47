import { setTimeout as sleep } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type AnyEvent, detailTypeOf, producerOf } from '#events/event.ts';
import { Upstream } from '#shared/handlers/errors.ts';

/** EventBridge takes ten entries a request. */
const entriesPerRequest = 10;

/** The largest event that we put on the bus, in bytes: ten of them fit a request, and each an item of DynamoDB. */
const mostBytes = 64 * 1024;

const attempts = 5;

const entryOf = (event: AnyEvent, bus: string): PutEventsRequestEntry => {
  const detail = JSON.stringify(event);
  const bytes = Buffer.byteLength(detail);
  if (bytes > mostBytes) {
    throw new Error(
      `${event.type} ${event.id} has ${bytes} bytes, and the bus takes ${mostBytes}: its builder must bound it.`,
    );
  }
  return {
    EventBusName: bus,
    Source: `fairlead.${producerOf(event)}`,
    DetailType: detailTypeOf(event.type),
    Detail: detail,
    Time: new Date(event.time),
  };
};

/** Full jitter, so that writers who were refused together do not come back together. Milliseconds. */
const backoff = (attempt: number): number => Math.random() * 100 * 2 ** attempt;

/**
 * Publishes events on the bus. EventBridge answers 200 with some entries rejected, so each is looked at; the rejected ones
 * are sent again, with backoff, and what is still refused in the end is an `Upstream`, as is a bus that does not answer.
 */
export const createPublisher = (client: EventBridgeClient, bus: string) => {
  const send = async (entries: readonly PutEventsRequestEntry[], signal: AbortSignal): Promise<void> => {
    let left = entries;
    for (let attempt = 0; ; attempt += 1) {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...left] }), { abortSignal: signal });
      const rejection = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (rejection === undefined) return;
      left = left.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
      if (attempt + 1 === attempts) {
        throw new Upstream(
          `EventBridge refused ${left.length} of ${entries.length} events on ${bus} ${attempts} times: ${rejection.ErrorCode} ${rejection.ErrorMessage ?? ''}`,
        );
      }
      await sleep(backoff(attempt), undefined, { signal });
    }
  };

  return async (events: readonly AnyEvent[], signal: AbortSignal): Promise<void> => {
    const entries = events.map((event) => entryOf(event, bus));
    for (let start = 0; start < entries.length; start += entriesPerRequest) {
      await send(entries.slice(start, start + entriesPerRequest), signal).catch((cause) => {
        throw cause instanceof Upstream ? cause : new Upstream(`EventBridge did not take events on ${bus}.`, { cause });
      });
    }
  };
};
