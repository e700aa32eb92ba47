import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveId } from '#events/identity.ts';
import { imageRequested, syncRequested } from '#events/images.ts';
import { branchPushed } from '#events/source-control.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import { push } from '../../events/examples.ts';
import { fakeContext, useWorld } from './world.ts';

const world = useWorld();

const revision = '9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c';

const follow = (target: string, cause = push) =>
  syncRequested.causedBy(cause, {
    by: 'argocd-sync',
    subject: { id: 'checkout/staging' },
    target,
    content: {
      service: { id: 'checkout' },
      environment: { id: 'staging' },
      argocd: 'eu',
      applications: ['eu/checkout-staging'],
      revision,
    },
    custom: {},
  });

const onTheBus = (detail: unknown) => ({ 'detail-type': 'any', source: 'fairlead.any', detail });
const input = onTheBus(push);
const consumed = fromBus(branchPushed);

describe('an event', () => {
  test('is handled, what follows is published, and the answer says what', async () => {
    const events = [follow('app'), follow('worker')];
    const handler = onEvent(world.runtime(), consumed, async (event) => {
      expect(event).toEqual(push);
      return emit(...events);
    });
    expect(await handler(input, fakeContext())).toEqual({ published: events.map(({ id }) => id) });
    expect(world.bus.taken).toEqual(
      events.map((event) => ({
        EventBusName: 'fake-bus',
        Source: 'fairlead.argocd-sync',
        DetailType: 'dev.cdeventsx.fairlead-sync.requested',
        Detail: JSON.stringify(event),
        Time: Date.parse(event.time) / 1000,
      })),
    );
    expect(world.lines().find(({ message }) => message === 'DONE')).toMatchObject({
      published: events.map(({ id }) => id),
      event: push.id,
      stage: 'test',
    });
  });

  test('that comes again does nothing, publishes nothing, and answers what the first did', async () => {
    let calls = 0;
    const handler = onEvent(world.runtime(), consumed, async () => {
      calls += 1;
      return emit(follow('app'));
    });
    const first = await handler(input, fakeContext());
    expect(await handler(onTheBus({ ...push }), fakeContext())).toEqual(first);
    expect(calls).toBe(1);
    expect(world.bus.requests).toHaveLength(1);
  });

  test('is no other event of the same function, nor the same of another function', async () => {
    const other = { ...push, id: deriveId('other'), data: { ...push.data, context: { ...push.data.context } } };
    const handled: string[] = [];
    const create = () =>
      onEvent(world.runtime(), consumed, async ({ id }) => {
        handled.push(id);
        return skip('seen');
      });
    const one = create();
    await one(input, fakeContext());
    await one(onTheBus(other), fakeContext());
    await create()(input, fakeContext());
    expect(handled).toEqual([push.id, other.id, push.id]);
  });

  test('is not recorded as done when the publishing fails: the retry does and publishes it all again', async () => {
    let calls = 0;
    const handler = onEvent(world.runtime(), consumed, async () => {
      calls += 1;
      return emit(follow('app'));
    });
    world.bus.respondWith(() => ({ status: 500, type: 'InternalException' }));
    await expect(handler(input, fakeContext())).rejects.toMatchObject({ name: 'Upstream' });
    world.bus.respondWith((entries) => entries.map(() => undefined));
    expect(await handler(input, fakeContext())).toEqual({ published: [follow('app').id] });
    expect(calls).toBe(2);
    expect(world.bus.published()).toEqual([follow('app').id]);
  });

  test('is not recorded as done when the handler fails, and the failure is logged once and counted', async () => {
    let calls = 0;
    const handler = onEvent(world.runtime(), consumed, async () => {
      calls += 1;
      if (calls === 1) throw new Error('no idea');
      return emit(follow('app'));
    });
    await expect(handler(input, fakeContext())).rejects.toThrow('no idea');
    expect(world.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
      { message: 'FAILED', event: push.id, error: { message: 'no idea' } },
    ]);
    expect(world.lines().some(({ Failed }) => Failed === 1)).toBe(true);
    await handler(input, fakeContext());
    expect(world.bus.published()).toEqual([follow('app').id]);
  });

  test('that is in the hands of another invocation is retried later', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const handler = onEvent(world.runtime(), consumed, async () => {
      started.resolve();
      await finish.promise;
      return emit(follow('app'));
    });
    const first = handler(input, fakeContext());
    await started.promise;
    await expect(handler(input, fakeContext())).rejects.toMatchObject({ name: 'Upstream' });
    finish.resolve();
    expect(await first).toEqual({ published: [follow('app').id] });
    expect(await handler(input, fakeContext())).toEqual({ published: [follow('app').id] });
  });

  test('that concerns nobody is skipped, with the reason logged and counted', async () => {
    const handler = onEvent(world.runtime(), consumed, async () => skip('no service has this branch'));
    const summary = { published: [], skipped: 'no service has this branch' };
    expect(await handler(input, fakeContext())).toEqual(summary);
    expect(await handler(input, fakeContext())).toEqual(summary);
    expect(world.bus.requests).toEqual([]);
    expect(world.lines().find(({ message }) => message === 'SKIPPED')).toMatchObject({
      reason: 'no service has this branch',
    });
    expect(world.lines().some(({ Skipped }) => Skipped === 1)).toBe(true);
  });

  test('of another kind is refused by name, and nothing is recorded', async () => {
    const handler = onEvent(world.runtime(), fromBus(imageRequested), () => {
      throw new Error('fake: not to be handled');
    });
    const error = expect.objectContaining({
      name: 'InvalidInput',
      message: expect.stringContaining(imageRequested.type),
    });
    await expect(handler(input, fakeContext())).rejects.toEqual(error);
    for (const wrong of [undefined, null, 'x', {}, { detail: null }, onTheBus({ ...push, id: 'x' })])
      await expect(handler(wrong, fakeContext())).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('hears that its time runs out before Lambda ends it', async () => {
    let patient = true;
    const handler = onEvent(world.runtime(), consumed, async (_, signal) => {
      if (patient)
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      return skip('the retry has time enough');
    });
    await expect(handler(input, fakeContext(600))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(world.lines().some(({ message }) => message === 'FAILED')).toBe(true);
    patient = false;
    expect(await handler(input, fakeContext())).toMatchObject({ skipped: 'the retry has time enough' });
  });

  test('is not waited for longer than there is time when the bus hangs', async () => {
    const handler = onEvent(world.runtime(), consumed, async () => emit(follow('app')));
    world.bus.respondWith(() => 'hang');
    await expect(handler(input, fakeContext(800))).rejects.toMatchObject({ name: 'Upstream' });
    world.bus.respondWith((entries) => entries.map(() => undefined));
    expect(await handler(input, fakeContext())).toEqual({ published: [follow('app').id] });
  });
});

describe('events that are yielded', () => {
  test('are published one by one, as they happen', async () => {
    const seen: string[][] = [];
    const handler = onEvent(world.runtime(), consumed, async function* () {
      seen.push(world.bus.published());
      yield follow('one');
      seen.push(world.bus.published());
      yield follow('two');
      seen.push(world.bus.published());
      return undefined;
    });
    const [one, two] = [follow('one').id, follow('two').id];
    expect(await handler(input, fakeContext())).toEqual({ published: [one, two] });
    expect(seen).toEqual([[], [one], [one, two]]);
  });

  test('stay published when a later one fails; the retry yields them again, with the same ids', async () => {
    let calls = 0;
    const handler = onEvent(world.runtime(), consumed, async function* () {
      calls += 1;
      yield follow('one');
      if (calls === 1) throw new Error('the suite crashed');
      yield follow('two');
      return undefined;
    });
    await expect(handler(input, fakeContext())).rejects.toThrow('the suite crashed');
    expect(world.bus.published()).toEqual([follow('one').id]);
    await handler(input, fakeContext());
    expect(world.bus.published()).toEqual([follow('one').id, follow('one').id, follow('two').id]);
  });

  test('stop where one could not be published, and the generator may clean up', async () => {
    let cleaned = false;
    let wentOn = false;
    const handler = onEvent(world.runtime(), consumed, async function* () {
      try {
        yield follow('one');
        wentOn = true;
        return undefined;
      } finally {
        cleaned = true;
      }
    });
    world.bus.respondWith(() => ({ status: 500, type: 'InternalException' }));
    await expect(handler(input, fakeContext())).rejects.toMatchObject({ name: 'Upstream' });
    expect({ cleaned, wentOn }).toEqual({ cleaned: true, wentOn: false });
  });

  test('that are none are a skip for the reason that the generator returns', async () => {
    const handler = onEvent(world.runtime(), consumed, async function* () {
      yield* [];
      return skip('nobody is concerned');
    });
    expect(await handler(input, fakeContext())).toEqual({ published: [], skipped: 'nobody is concerned' });
  });

  test('that are none are a skip', async () => {
    const handler = onEvent(world.runtime(), consumed, async function* () {
      yield* [];
      return undefined;
    });
    expect(await handler(input, fakeContext())).toEqual({ published: [], skipped: 'nothing to do' });
  });
});

test('log lines carry the id of their own request only', async () => {
  const handler = onEvent(world.runtime(), consumed, async () => skip('seen'));
  const [one, two] = [fakeContext(), fakeContext()];
  await handler(input, one);
  await expect(handler({ id: randomUUID() }, two)).rejects.toThrow();
  const [skipped, failed] = world.lines().filter(({ message }) => message !== undefined);
  expect(skipped).toMatchObject({ requestId: one.awsRequestId, event: push.id });
  expect(failed).toMatchObject({ requestId: two.awsRequestId });
  expect(failed).not.toHaveProperty('event');
});
