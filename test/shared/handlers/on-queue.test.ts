import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveId } from '#events/identity.ts';
import { branchPushed } from '#events/source-control.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Blocked, SecretMissing, Upstream } from '#shared/handlers/errors.ts';
import { type BatchHandler, onQueue, type Queue } from '#shared/handlers/on-queue.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import { push } from '../../events/examples.ts';
import { runs } from '../../runs.ts';
import { fakeContext, useWorld } from './world.ts';

const world = useWorld();

type Push = typeof push;

const pushNumber = (index: number): Push => ({ ...push, id: deriveId('queue', String(index)) });

/** What is told of an event that is set aside. */
const told = (event: Push): Push => ({ ...event, id: deriveId('failed', event.id) });

const record = (messageId: string, body: string, received = 1): SQSRecord => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body,
  attributes: {
    ApproximateReceiveCount: String(received),
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

/** The batch, as it comes for the nth time. */
const received = (count: number, { Records }: SQSEvent): SQSEvent => ({
  Records: Records.map(({ messageId, body }) => record(messageId, body, count)),
});

const failedOf = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }): string[] =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** A function over the queue, with what it returned to it, and what it set aside. */
const create = (handle: BatchHandler<Push>, { returnAfter, setAside }: Partial<Queue<Push>> = {}) => {
  const aside: { body: string; reason: string }[] = [];
  const returned: { message: string; seconds: number }[] = [];
  const batches: string[][] = [];
  const handler = onQueue(
    world.runtime(),
    {
      consumed: fromBus(branchPushed),
      receives: 10,
      returnAfter:
        returnAfter ??
        (async ({ receiptHandle }, seconds) => {
          returned.push({ message: receiptHandle.replace('receipt-', ''), seconds });
        }),
      setAside: setAside ?? (async ({ body }, { message }) => void aside.push({ body, reason: message })),
      failed: (event) => emit(told(event)),
    },
    async (events, signal) => {
      batches.push(events.map(({ id }) => id));
      return handle(events, signal);
    },
  );
  return {
    handler: (event: SQSEvent, remaining?: number) => handler(event, fakeContext(remaining)),
    returned,
    aside,
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

  test('is not held up by what cannot be read: it is set aside at once, with what is wrong', async () => {
    const { handler, returned, aside } = create(emitAll);
    const result = await handler(batch('{"broken', pushNumber(0), '{}', { ...push, id: 'x' }, pushNumber(1)));
    expect(failedOf(result)).toEqual([]);
    expect(returned).toEqual([]);
    expect(aside).toEqual([
      { body: '{"broken', reason: 'The body of message m0 is not JSON.' },
      { body: '{}', reason: expect.stringContaining('This is not') },
      { body: expect.stringContaining('"id":"x"'), reason: expect.stringContaining('at id') },
    ]);
    expect(world.bus.taken).toHaveLength(2);
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'SET_ASIDE', messageId: 'm0' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ SetAside: expect.arrayContaining([1, 1, 1]) }));
  });

  test('of nothing that can be read calls nobody', async () => {
    const { handler, batches, aside } = create(emitAll);
    expect(failedOf(await handler(batch('x', 'null')))).toEqual([]);
    expect(aside).toHaveLength(2);
    expect(batches).toEqual([]);
  });

  test('of nothing is nothing', async () => {
    const { handler, batches } = create(emitAll);
    expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
    expect(batches).toEqual([]);
  });

  test('gives back those that fail, which are handled again; the others stay done', async () => {
    let away = true;
    const { handler, batches, returned } = create(async (events) =>
      events.map((event) =>
        away && event.id === pushNumber(1).id ? new Upstream('Git does not answer') : emit(event),
      ),
    );
    const events = batch(pushNumber(0), pushNumber(1), pushNumber(2));
    expect(failedOf(await handler(events))).toEqual(['m1']);
    expect(returned.map(({ message }) => message)).toEqual(['m1']);
    for (const { seconds } of returned) expect(seconds >= 2 && seconds <= 30 && Number.isInteger(seconds)).toBe(true);
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'RETURNED', messageId: 'm1' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ Returned: 1 }));
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
    const away = async () => {
      throw new Error('SQS is away');
    };
    const { handler } = create(emitAll, { returnAfter: away, setAside: away });
    expect(failedOf(await handler(batch('x', pushNumber(0), 'y')))).toEqual(['m0', 'm2']);
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'NOT_SET_ASIDE', messageId: 'm0' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'RETURN_NOT_HURRIED', messageId: 'm2' }));
    expect(world.bus.taken).toHaveLength(1);
  });

  test('counts a secret that is not set once for each message that waits for it, and nothing for another reason', async () => {
    const missing = new Upstream('no access', { cause: new SecretMissing('The secret /a is not set: …') });
    const { handler } = create(async () => [missing, missing, new Upstream('away')]);
    await handler(batch(pushNumber(1), pushNumber(2), pushNumber(3)));
    expect(world.lines()).toContainEqual(expect.objectContaining({ SecretMissing: [1, 1], Returned: 3 }));
  });

  test('logs and counts what was skipped', async () => {
    const { handler } = create(async (events) => events.map(() => skip('newer is there')));
    expect(await handler(batch(pushNumber(0), pushNumber(1)))).toEqual({ batchItemFailures: [] });
    expect(world.lines().filter(({ message }) => message === 'SKIPPED')).toHaveLength(2);
  });

  test('is published as soon as each event is done, whatever the others still wait for', async () => {
    const { handler } = create(async (events) => {
      const published = new Promise<void>((resolve) => {
        world.bus.respondWith((entries) => {
          resolve();
          return entries.map(() => undefined);
        });
      });
      return events.map(async (event, at) => {
        if (at > 0) await published;
        return emit(event);
      });
    });
    expect(failedOf(await handler(batch(pushNumber(0), pushNumber(1))))).toEqual([]);
    expect(world.bus.published()).toHaveLength(2);
  });

  test('tells what was done when its time ran out all the same', async () => {
    const { handler } = create(
      (events, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(events.map((event) => emit(event))));
        }),
    );
    expect(failedOf(await handler(batch(pushNumber(0)), 2200))).toEqual([]);
    expect(world.bus.published()).toEqual([pushNumber(0).id]);
  });

  test('hears that its time runs out, and is given back', async () => {
    const { handler } = create(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    expect(failedOf(await handler(batch(pushNumber(0)), 2200))).toEqual(['m0']);
  });
});

describe('a message that fails', () => {
  test('for the last time that the queue hands it out is told of, and set aside with the reason', async () => {
    const { handler, returned, aside } = create(async (events) => events.map(() => new Upstream('Git is away')));
    const messages = batch(pushNumber(0));
    expect(failedOf(await handler(received(9, messages)))).toEqual(['m0']);
    expect(returned).toHaveLength(1);
    expect(world.bus.taken).toEqual([]);
    expect(failedOf(await handler(received(10, messages)))).toEqual([]);
    expect(aside).toEqual([{ body: messages.Records[0]!.body, reason: 'Git is away' }]);
    expect(world.bus.published()).toEqual([told(pushNumber(0)).id]);
  });

  test('because somebody forbids it is set aside at once, and done when it is sent again', async () => {
    let forbidden = true;
    const { handler, aside } = create(async (events) =>
      events.map((event) => (forbidden ? new Blocked('main is protected') : emit(event))),
    );
    expect(failedOf(await handler(batch(pushNumber(0))))).toEqual([]);
    expect(aside).toMatchObject([{ reason: 'main is protected' }]);
    forbidden = false;
    expect(failedOf(await handler(batch(pushNumber(0))))).toEqual([]);
    expect(world.bus.published()).toEqual([told(pushNumber(0)).id, pushNumber(0).id]);
  });

  test('is not told of as failed while another invocation may still do it', async () => {
    const { handler, aside } = create(emitAll);
    await handler(received(10, batch(pushNumber(0), pushNumber(0))));
    expect(aside).toMatchObject([{ reason: expect.stringContaining('in the hands of another invocation') }]);
    expect(world.bus.published()).toEqual([pushNumber(0).id]);
  });

  test('stays in the queue where nobody can be told of it', async () => {
    const { handler, aside } = create(async (events) => events.map(() => new Blocked('main is protected')));
    world.bus.respondWith(() => ({ status: 400, type: 'AccessDeniedException' }));
    expect(failedOf(await handler(batch(pushNumber(0))))).toEqual(['m0']);
    expect(aside).toEqual([]);
  });
});

test('whatever fails and however often a batch comes, each event is published once, and nothing is lost', async () => {
  const outcome = fc.constantFrom('ok', 'ok', 'fails', 'unreadable');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 4 }), outcome), { maxLength: 8 }), async (messages) => {
      world.bus.reset();
      const failing = new Set(messages.flatMap(([index, what]) => (what === 'fails' ? [pushNumber(index).id] : [])));
      const { handler, aside } = create(async (events) =>
        events.map((event) => (failing.delete(event.id) ? new Upstream('once') : emit(event))),
      );
      let left = batch(...messages.map(([index, what]) => (what === 'unreadable' ? 'x' : pushNumber(index))));
      for (let delivery = 0; delivery < 4; delivery += 1) {
        const failed = failedOf(await handler(left));
        left = { Records: left.Records.filter(({ messageId }) => failed.includes(messageId)) };
      }
      expect(left.Records).toEqual([]);
      expect(aside.map(({ body }) => body)).toEqual(messages.flatMap(([, what]) => (what === 'unreadable' ? 'x' : [])));
      const wanted = new Set(
        messages.flatMap(([index, what]) => (what === 'unreadable' ? [] : [pushNumber(index).id])),
      );
      expect(world.bus.published().toSorted()).toEqual([...wanted].sort());
    }),
    { numRuns: runs(10, 60) },
  );
});
