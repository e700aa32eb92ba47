import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { deriveId } from '#events/identity.ts';
import { createPublisher } from '#shared/clients/publisher.ts';
import { push } from '../../events/examples.ts';
import { idOf } from '../fake-event-bridge.ts';
import { useWorld } from './world.ts';

const world = useWorld();

const never = new AbortController().signal;

const events = (count: number): AnyEvent[] =>
  Array.from({ length: count }, (_, index) => ({ ...push, id: deriveId(String(index)) }));

const publish = (published: readonly AnyEvent[], signal = never) =>
  createPublisher(world.bus.client, 'fake-bus')(published, signal);

describe('the publisher', () => {
  test('sends ten entries a request, in their order', async () => {
    const all = events(23);
    await publish(all);
    expect(world.bus.requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(world.bus.published()).toEqual(all.map(({ id }) => id));
  });

  test('sends nothing for nothing', async () => {
    await publish([]);
    expect(world.bus.requests).toEqual([]);
  });

  test('sends only the rejected entries again', async () => {
    const all = events(3);
    const [one, two, three] = all.map(({ id }) => id);
    world.bus.respondWith((entries, request) =>
      entries.map((entry) => (request < 3 && idOf(entry) === two ? 'ThrottlingException' : undefined)),
    );
    await publish(all);
    expect(world.bus.requests.map((entries) => entries.map(idOf))).toEqual([[one, two, three], [two], [two]]);
    expect(world.bus.published()).toEqual([one, three, two]);
  });

  test('brings every event onto the bus once, whatever is rejected at first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), { maxLength: 2 }),
        async (count, rejections) => {
          world.bus.reset();
          world.bus.respondWith((entries, request) =>
            entries.map((_, index) => (rejections[request - 1]?.[index] ? 'InternalFailure' : undefined)),
          );
          const all = events(count);
          await publish(all);
          expect(world.bus.published().toSorted()).toEqual(all.map(({ id }) => id).sort());
        },
      ),
      { numRuns: 15 },
    );
  });

  test('gives up in the end, and says what EventBridge said', async () => {
    world.bus.respondWith((entries) => entries.map((_, index) => (index === 1 ? 'InternalFailure' : undefined)));
    await expect(publish(events(2))).resolves.toBeUndefined();
    world.bus.reset();
    world.bus.respondWith((entries) => entries.map(() => 'InternalFailure'));
    await expect(publish(events(2))).rejects.toMatchObject({
      name: 'Upstream',
      message: expect.stringMatching(/refused 2 of 2 events on fake-bus 5 times: InternalFailure fake rejection/),
    });
    expect(world.bus.requests).toHaveLength(5);
  });

  test.each([
    [500, 'InternalException'],
    [400, 'ThrottlingException'],
    [400, 'AccessDeniedException'],
  ])('says that the bus is away on %i %s', async (status, type) => {
    world.bus.respondWith(() => ({ status, type }));
    await expect(publish(events(1))).rejects.toMatchObject({ name: 'Upstream', cause: { name: type } });
  });

  test('stops when it is told to, while it waits for an answer and while it waits to try again', async () => {
    world.bus.respondWith(() => 'hang');
    await expect(publish(events(1), AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'Upstream' });
    const controller = new AbortController();
    world.bus.respondWith((entries) => {
      controller.abort();
      return entries.map(() => 'InternalFailure');
    });
    await expect(publish(events(1), controller.signal)).rejects.toMatchObject({ name: 'Upstream' });
  });

  test('refuses an event that is too large by name, and sends none of those beside it', async () => {
    const [small, ...rest] = events(12);
    const large = { ...rest[10]!, data: { ...push.data, customData: { diff: 'ü'.repeat(33_000) } } };
    const error = expect.objectContaining({
      name: 'Error',
      message: expect.stringMatching(
        new RegExp(`^${large.type} ${large.id} has [0-9]+ bytes, and the bus takes 65536`),
      ),
    });
    await expect(publish([small!, ...rest.slice(0, 10), large])).rejects.toEqual(error);
    expect(world.bus.requests).toEqual([]);
  });

  test('takes an event of exactly 64 KB', async () => {
    const text = (length: number) => ({ ...push, data: { ...push.data, customData: { diff: 'x'.repeat(length) } } });
    const room = 65_536 - Buffer.byteLength(JSON.stringify(text(0)));
    await publish([text(room)]);
    expect(world.bus.taken).toHaveLength(1);
    await expect(publish([text(room + 1)])).rejects.toThrow('65537 bytes');
  });
});
