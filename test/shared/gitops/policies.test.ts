import fc from 'fast-check';
import { compare, valid } from 'semver';
import { describe, expect, it } from 'vitest';
import { decide } from '#shared/gitops/decide.ts';
import type { Intent, Written } from '#shared/gitops/intent.ts';
import { formatLock, type Lock, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { compareOrder, type NewestBy, type Order } from '#shared/gitops/order.ts';
import { runs } from '../../runs.ts';
import { digest, intentOf } from './standard.ts';

interface World {
  readonly lock: Lock | undefined;
  readonly written: Written;
}

const empty: World = { lock: undefined, written: { tag: 'main-0' } };

/** As it stands in Git: whatever the lock keeps goes through its file. */
const step = (world: World, intent: Intent): World => {
  const decision = decide(world.lock, world.written, intent);
  if (decision.decision !== 'accept') return world;
  return { lock: parseLock('lock', formatLock(decision.lock)), written: { tag: intent.image.tag } };
};

const run = (world: World, intents: readonly Intent[]): World => intents.reduce(step, world);

const outcome = (world: World, intent: Intent): string => {
  const decision = decide(world.lock, world.written, intent);
  return decision.decision === 'refuse' ? decision.code : decision.decision;
};

const version = (tag: string, minute: number, changes: Partial<Intent> = {}): Intent =>
  intentOf(tag, minute, { newestBy: 'version', ...changes });

const tags = fc.oneof(
  fc
    .tuple(fc.boolean(), fc.nat(2), fc.nat(2), fc.nat(2), fc.constantFrom('', '-rc.1', '-rc.2', '-rc.10', '-beta'))
    .map(([v, major, minor, patch, pre]) => `${v ? 'v' : ''}${major}.${minor}.${patch}${pre}`),
  fc.stringMatching(/^main-[0-9a-f]{7}$/),
);

const minutes = fc.nat(6);

const orders: fc.Arbitrary<Order> = fc.record({
  tag: tags,
  order: minutes.map((minute) => intentOf('v', minute).order),
  digest: fc.nat(3).map((number) => digest(String(number))),
});

const policies: readonly NewestBy[] = ['time', 'version'];

/** Each once or more, in any order. */
const arrivals = (intents: readonly Intent[]): fc.Arbitrary<Intent[]> =>
  fc
    .array(fc.constantFrom(...intents), { maxLength: 8 })
    .chain((more) => fc.shuffledSubarray([...intents, ...more], { minLength: intents.length + more.length }));

const newest = (intents: readonly Intent[], newestBy: NewestBy): Intent | undefined =>
  intents
    .toSorted((a, b) => compareOrder({ ...a.image, order: a.order }, { ...b.image, order: b.order }, newestBy))
    .at(-1);

describe.each(policies)('newest by %s', (newestBy) => {
  it('is a total order', () => {
    fc.assert(
      fc.property(orders, orders, orders, (a, b, c) => {
        const sign = (left: Order, right: Order) => Math.sign(compareOrder(left, right, newestBy));
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) >= 0 && sign(b, c) >= 0)
          expect(sign(a, c)).toBeGreaterThanOrEqual(Math.max(sign(a, b), sign(b, c)));
      }),
      { numRuns: runs(150, 1000) },
    );
  });

  it('wins, in whatever order images arrive and however often, after whatever the other policy left', () => {
    const images = fc.uniqueArray(fc.tuple(tags, minutes), { minLength: 1, maxLength: 6, selector: ([tag]) => tag });
    const story = fc
      .record({ earlier: fc.uniqueArray(minutes, { maxLength: 3 }), images })
      .chain(({ earlier, images: drawn }) => {
        const intents = drawn.map(([tag, minute]) => intentOf(tag, minute + 10, { newestBy }));
        return fc.record({ earlier: fc.constant(earlier), intents: fc.constant(intents), arriving: arrivals(intents) });
      });
    fc.assert(
      fc.property(story, ({ earlier, intents, arriving }) => {
        const other = newestBy === 'time' ? 'version' : 'time';
        const tagOf = (minute: number) => (other === 'version' ? `0.0.${minute}` : `old-${minute}`);
        fc.pre(!intents.some(({ image }) => earlier.map(tagOf).includes(image.tag))); // that would be the same event
        const before = run(
          empty,
          earlier.map((minute) => intentOf(tagOf(minute), minute, { newestBy: other })),
        );
        const after = run(before, arriving);
        const winner = newest(
          newestBy === 'version'
            ? intents.filter(({ image }) => before.lock === undefined || valid(image.tag))
            : intents,
          newestBy,
        );
        if (winner === undefined) return;
        expect(after.written.tag).toBe(winner.image.tag);
        expect(targetOf(after.lock, 'app')?.newest).toMatchObject({ tag: winner.image.tag, order: winner.order });
        if (newestBy === 'version' && valid(winner.image.tag))
          for (const { image } of intents)
            if (valid(image.tag)) expect(compare(winner.image.tag, image.tag)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: runs(100, 1000) },
    );
  });
});

describe('where versions decide', () => {
  it('a lower one that comes later never wins', () => {
    const world = run(empty, [version('2.0.0', 1)]);
    expect(outcome(world, version('1.9.5', 2))).toBe('not-newer');
    expect(outcome(world, version('2.0.0-rc.1', 2))).toBe('not-newer');
    expect(outcome(world, version('2.0.1-rc.1', 2))).toBe('accept');
    expect(outcome(world, version('2.0.1', 0))).toBe('accept');
  });

  it('equal ones are decided by their times', () => {
    const world = run(empty, [version('v2.0.0', 2)]);
    expect(outcome(world, version('2.0.0', 1))).toBe('not-newer');
    expect(outcome(world, version('2.0.0', 3))).toBe('accept');
  });

  it('what is there counts, also where Fairlead did not write it', () => {
    expect(outcome({ lock: undefined, written: { tag: '2.0.0' } }, version('1.9.5', 1))).toBe('not-newer');
    expect(outcome({ lock: undefined, written: { tag: '1.9.0' } }, version('1.9.5', 1))).toBe('accept');
    const { lock } = run(empty, [version('1.0.0', 1)]);
    expect(outcome({ lock, written: { tag: '3.0.0' } }, version('2.0.0', 2))).toBe('not-newer');
    expect(outcome({ lock, written: { tag: '3.0.0' } }, version('2.0.0', 2, { reason: 'request' }))).toBe('accept');
  });

  it('the policy of today does, also for what was asked for under another', () => {
    const old = run(empty, [intentOf('main-1', 5)]);
    const switched = run(old, [version('1.0.0', 1)]);
    expect(switched.written.tag).toBe('1.0.0');
    expect(outcome(switched, version('main-2', 6))).toBe('not-newer');
    expect(outcome(switched, intentOf('main-2', 6))).toBe('accept');
  });
});

describe('a hold on a commit', () => {
  const back = (to: Intent, from: Intent): Intent => ({
    ...to,
    event: `${from.event}-back`,
    reason: 'rollback',
    expected: from.image.digest,
  });
  const again = (intent: Intent, tag: string, minute: number): Intent => ({
    ...intent,
    event: `${intent.event}-again`,
    image: { ...intent.image, tag, digest: digest(tag) },
    order: intentOf(tag, minute).order,
  });

  it.each([
    ['the registry', intentOf('main-1', 1), intentOf('main-2', 2), 'main-2-again'],
    ['versions', version('1.0.0', 1), version('2.0.0', 2), '2.0.1'],
  ])('is on its rebuilds, though %s would have them newer', (_, good, bad, tag) => {
    const world = run(empty, [good, bad, back(good, bad)]);
    expect(world.written.tag).toBe(good.image.tag);
    expect(outcome(world, again(bad, tag, 9))).toBe('held');
    expect(outcome(world, { ...again(bad, tag, 9), commit: 'f'.repeat(40) })).toBe('accept');
  });

  it('is known by the order in locks of earlier days, which have no commits', () => {
    const [good, bad] = [intentOf('main-1', 1), intentOf('main-2', 2)];
    const { lock } = run(
      empty,
      [good, bad, back(good, bad)].map((intent) => ({ ...intent, commit: undefined })),
    );
    const world = { lock, written: { tag: 'main-1' } };
    expect(JSON.stringify(lock)).not.toContain('commit');
    expect(outcome(world, again(bad, 'main-2-again', 2))).toBe('held');
    expect(outcome(world, intentOf('main-3', 3))).toBe('accept');
  });
});
