import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, decide, inTurn, type Walked, worthSending } from '#functions/reconciler/decide.ts';
import type { Attempt } from '#shared/reconciling/undelivered.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const day = 24 * 60 * 60 * 1000;

const attempt = (id: number, more: Partial<Attempt> = {}): Attempt => ({
  id,
  guid: 'one',
  deliveredAt: new Date(now - id * 3_600_000).toISOString(),
  redelivery: false,
  statusCode: 502,
  status: 'failed to connect to host',
  event: 'push',
  ...more,
});

describe('the order of a day', () => {
  test('has all of them, each once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.nat(1000), (all, later) => {
        expect(inTurn(all, now + later * day).sort()).toEqual(all.toSorted());
      }),
    );
  });

  test('has each among the first third on one of three days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(1000), (count, later) => {
        const all = Array.from({ length: count }, (_, index) => index);
        const third = Math.ceil(count / days);
        const first = [0, 1, 2].flatMap((one) => inTurn(all, now + (later + one) * day).slice(0, third));
        expect(new Set(first).size).toBe(count);
      }),
    );
  });
});

describe('what is worth sending again', () => {
  test('is what failed, its latest attempt', () => {
    const attempts = [attempt(30), attempt(6, { redelivery: true })];
    expect(worthSending(attempts, now).map(({ id }) => id)).toEqual([6]);
  });

  test('is not what was first sent before that time, and only tried since', () => {
    expect(worthSending([attempt(6, { redelivery: true })], now)).toEqual([]);
  });
});

describe('a run', () => {
  const walked = (more: Partial<Walked> = {}): Walked => ({ mended: 0, notAsked: [], failed: [], left: 0, ...more });

  test.each<[string, Walked[], string | undefined]>([
    ['has nothing to do where nothing is lost', [walked(), walked()], 'nothing is lost'],
    ['is done where it mended something', [walked({ mended: 1 }), walked()], undefined],
    ['says what it did not ask, also where it mended something', [walked({ mended: 1, notAsked: ['a'] })], 'a'],
    [
      'says what there was no time for',
      [walked({ left: 2 })],
      'the time ran out: 2 repositories come first another day',
    ],
  ])('%s', (_, walks, skipped) => {
    expect(decide(walks).skipped).toBe(skipped);
  });

  test('names ten reasons at most', () => {
    const notAsked = Array.from({ length: 13 }, (_, index) => `${index}`);
    expect(decide([walked({ notAsked })]).skipped).toMatch(/; 9; 3 more were not asked$/);
  });
});
