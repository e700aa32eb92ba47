import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveId } from '#events/identity.ts';
import { branchPushed } from '#events/source-control.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { type BatchHandler, onQueue, type Queue } from '#shared/handlers/on-queue.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import { push } from '../../events/examples.ts';
import { fakeContext, useWorld } from './world.ts';

const world = useWorld();

type Push = typeof push;

const pushNumber = (index: number): Push => ({ ...push, id: deriveId('queue', String(index)) });

const record = (messageId: string, body: string): SQSRecord => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 'fake',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:fake',
  awsRegion: 'eu-west-1',
});

const batch = (...bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) =>
    record(`m${index}`, typeof body === 'string' ? body : JSON.stringify({ 'detail-type': 'any', detail: body })),
  ),
});

const failedOf = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }): string[] =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** A function over the queue, with what it returned to it. */
const create = (handle: BatchHandler<Push>, returning?: Queue<Push>['returnAfter']) => {
  const returned: { message: string; seconds: number }[] = [];
  const batches: string[][] = [];
  const handler = onQueue(
    world.runtime(),
    {
      consumed: fromBus(branchPushed),
      returnAfter:
        returning ??
        (async ({ receiptHandle }, seconds) => {
          returned.push({ message: receiptHandle.replace('receipt-', ''), seconds });
        }),
    },
    async (events, signal) => {
      batches.push(events.map(({ id }) => id));
      return handle(events, signal);
    },
  );
  return {
    handler: (event: SQSEvent, remaining?: number) => handler(event, fakeContext(remaining)),
    returned,
    batches,
  };
};

const emitAll: BatchHandler<Push> = async (events) => events.map((event) => emit(event));

describe('a batch', () => {
  test('is handled together, and each message published and recorded by itself', async () => {
    const { handler, returned, batches } = create(emitAll);
    const events = [pushNumber(0), pushNumber(1), pushNumber(2)];
    expect(await handler(batch(...events))).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([events.map(({ id }) => id)]);
    expect(world.bus.published().toSorted()).toEqual(events.map(({ id }) => id).sort());
    expect(returned).toEqual([]);
    expect(await handler(batch(...events))).toEqual({ batchItemFailures: [] });
    expect(batches).toHaveLength(1);
    expect(world.bus.taken).toHaveLength(3);
  });

  test('handles only what is not done yet', async () => {
    const { handler, batches } = create(emitAll);
    await handler(batch(pushNumber(0), pushNumber(2)));
    await handler(batch(pushNumber(0), pushNumber(1), pushNumber(2), pushNumber(3)));
    expect(batches.map((ids) => ids.toSorted())).toEqual([
      [pushNumber(0).id, pushNumber(2).id].sort(),
      [pushNumber(1).id, pushNumber(3).id].sort(),
    ]);
  });

  test('is not held up by what cannot be read: it goes back alone, and soon', async () => {
    const { handler, returned } = create(emitAll);
    const result = await handler(batch('{"broken', pushNumber(0), '{}', { ...push, id: 'x' }, pushNumber(1)));
    expect(failedOf(result)).toEqual(['m0', 'm2', 'm3']);
    expect(returned.map(({ message }) => message)).toEqual(['m0', 'm2', 'm3']);
    for (const { seconds } of returned) expect(seconds >= 2 && seconds <= 30 && Number.isInteger(seconds)).toBe(true);
    expect(world.bus.taken).toHaveLength(2);
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'RETURNED', messageId: 'm0' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ Returned: 3 }));
  });

  test('of nothing that can be read calls nobody', async () => {
    const { handler, batches } = create(emitAll);
    expect(failedOf(await handler(batch('x', 'null')))).toEqual(['m0', 'm1']);
    expect(batches).toEqual([]);
  });

  test('of nothing is nothing', async () => {
    const { handler, batches } = create(emitAll);
    expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([]);
  });

  test('gives back those that fail, which are handled again; the others stay done', async () => {
    let away = true;
    const { handler, batches } = create(async (events) =>
      events.map((event) =>
        away && event.id === pushNumber(1).id ? new Upstream('Git does not answer') : emit(event),
      ),
    );
    const events = batch(pushNumber(0), pushNumber(1), pushNumber(2));
    expect(failedOf(await handler(events))).toEqual(['m1']);
    away = false;
    expect(failedOf(await handler(events))).toEqual([]);
    expect(batches.at(-1)).toEqual([pushNumber(1).id]);
    expect(world.bus.published().toSorted()).toEqual([0, 1, 2].map((index) => pushNumber(index).id).sort());
  });

  test('goes back whole when the handler crashes', async () => {
    const { handler } = create(async () => {
      throw new Error('a bug');
    });
    expect(failedOf(await handler(batch(pushNumber(0), pushNumber(1))))).toEqual(['m0', 'm1']);
  });

  test('gives back what the handler has forgotten to answer', async () => {
    const { handler } = create(async ([first]) => [emit(first!)]);
    const result = await handler(batch(pushNumber(0), pushNumber(1)));
    expect(result.batchItemFailures).toHaveLength(1);
    expect(world.bus.taken).toHaveLength(1);
  });

  test('gives back what could not be published, and records it not', async () => {
    const refused = pushNumber(1).id;
    const { handler } = create(emitAll);
    world.bus.respondWith((entries) =>
      entries.map(({ Detail }) => (Detail.includes(refused) ? 'InternalFailure' : undefined)),
    );
    expect(failedOf(await handler(batch(pushNumber(0), pushNumber(1))))).toEqual(['m1']);
    world.bus.respondWith((entries) => entries.map(() => undefined));
    expect(failedOf(await handler(batch(pushNumber(0), pushNumber(1))))).toEqual([]);
    expect(world.bus.published()).toEqual([pushNumber(0).id, refused]);
  });

  test('with the same event twice does it once; the second message goes back, and finds it done', async () => {
    const { handler, batches } = create(emitAll);
    const first = await handler(batch(pushNumber(0), pushNumber(0), pushNumber(1)));
    expect(first.batchItemFailures).toHaveLength(1);
    expect(batches[0]!.toSorted()).toEqual([pushNumber(0).id, pushNumber(1).id].sort());
    expect(await handler(batch(pushNumber(0)))).toEqual({ batchItemFailures: [] });
    expect(batches).toHaveLength(1);
    expect(world.bus.taken).toHaveLength(2);
  });

  test('is answered for all the same when returning a message fails: it only comes later', async () => {
    const { handler } = create(emitAll, async () => {
      throw new Error('SQS is away');
    });
    expect(failedOf(await handler(batch('x', pushNumber(0), 'y')))).toEqual(['m0', 'm2']);
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'RETURN_NOT_HURRIED', messageId: 'm2' }));
    expect(world.bus.taken).toHaveLength(1);
  });

  test('logs and counts what was skipped', async () => {
    const { handler } = create(async (events) => events.map(() => skip('newer is there')));
    expect(await handler(batch(pushNumber(0), pushNumber(1)))).toEqual({ batchItemFailures: [] });
    expect(world.lines().filter(({ message }) => message === 'SKIPPED')).toHaveLength(2);
  });

  test('hears that its time runs out, and is given back', async () => {
    const { handler } = create(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    expect(failedOf(await handler(batch(pushNumber(0)), 600))).toEqual(['m0']);
  });
});

test('whatever fails and however often a batch comes, each event is published once, and nothing is lost', async () => {
  const outcome = fc.constantFrom('ok', 'ok', 'fails', 'unreadable');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 4 }), outcome), { maxLength: 8 }), async (messages) => {
      world.bus.reset();
      const failing = new Set(messages.flatMap(([index, what]) => (what === 'fails' ? [pushNumber(index).id] : [])));
      const { handler } = create(async (events) =>
        events.map((event) => (failing.delete(event.id) ? new Upstream('once') : emit(event))),
      );
      let left = batch(...messages.map(([index, what]) => (what === 'unreadable' ? 'x' : pushNumber(index))));
      for (let delivery = 0; delivery < 4; delivery += 1) {
        const failed = failedOf(await handler(left));
        left = { Records: left.Records.filter(({ messageId }) => failed.includes(messageId)) };
      }
      expect(left.Records.every(({ body }) => body === 'x')).toBe(true);
      const wanted = new Set(
        messages.flatMap(([index, what]) => (what === 'unreadable' ? [] : [pushNumber(index).id])),
      );
      expect(world.bus.published().toSorted()).toEqual([...wanted].sort());
    }),
    { numRuns: 25 },
  );
});
