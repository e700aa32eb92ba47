import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, undeliveredOf } from '#shared/reconciling/undelivered.ts';

const now = Date.parse('2026-11-23T12:00:00Z');

const attempt = (id: number, minutesAgo: number, more: Partial<Attempt> = {}): Attempt => ({
  id,
  guid: 'one',
  deliveredAt: new Date(now - minutesAgo * 60_000).toISOString(),
  redelivery: false,
  statusCode: 202,
  status: 'OK',
  event: 'push',
  ...more,
});

const failed = { statusCode: 502, status: 'failed to connect to host' };

describe('what GitHub could not deliver', () => {
  test.each<[string, Attempt[], number[]]>([
    ['is nothing where all arrived', [attempt(1, 50)], []],
    ['is what failed', [attempt(1, 50, failed)], [1]],
    [
      'is, of several attempts, the latest',
      [attempt(1, 50, failed), attempt(2, 40, { ...failed, redelivery: true })],
      [2],
    ],
    ['is not what arrived the second time', [attempt(1, 50, failed), attempt(2, 40, { redelivery: true })], []],
    ['is not what had arrived before', [attempt(1, 50), attempt(2, 40, { ...failed, redelivery: true })], []],
    ['is not what is being sent again', [attempt(1, 50, failed), attempt(2, 0.5, { ...failed, redelivery: true })], []],
    ['is no ping', [attempt(1, 50, { ...failed, event: 'ping' })], []],
    ['is what was refused', [attempt(1, 50, { statusCode: 401, status: 'Invalid HTTP Response: 401' })], [1]],
    ['is told the oldest first', [attempt(2, 10, { ...failed, guid: 'two' }), attempt(1, 50, failed)], [1, 2]],
  ])('%s', (_, attempts, expected) => {
    expect(undeliveredOf(attempts, now).map(({ id }) => id)).toEqual(expected);
  });

  test('is, in whatever order GitHub lists it, each delivery once, of which no attempt has succeeded', () => {
    const attempts = fc.array(
      fc.record({
        guid: fc.constantFrom('one', 'two', 'three'),
        minutesAgo: fc.integer({ min: 2, max: 100 }),
        statusCode: fc.constantFrom(0, 202, 401, 502),
        redelivery: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(attempts, fc.infiniteStream(fc.nat()), (drawn, keys) => {
        const listed = drawn.map(({ minutesAgo, ...more }, id) => attempt(id, minutesAgo, more));
        const order = listed.map((one) => ({ one, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const found = undeliveredOf(
          order.map(({ one }) => one),
          now,
        );
        expect(found).toEqual(undeliveredOf(listed, now));
        const arrived = new Set(listed.filter(({ statusCode }) => statusCode === 202).map(({ guid }) => guid));
        const wanted = new Set(listed.map(({ guid }) => guid).filter((guid) => !arrived.has(guid)));
        expect(found.map(({ guid }) => guid).sort()).toEqual([...wanted].sort());
      }),
    );
  });
});
