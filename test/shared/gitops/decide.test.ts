import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, isWritten } from '#shared/gitops/decide.ts';
import type { Decision } from '#shared/gitops/decision.ts';
import type { Intent, Written } from '#shared/gitops/intent.ts';
import { formatLock, keptImages, type Lock, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { compareOrder } from '#shared/gitops/order.ts';
import { digest, intentOf } from './standard.ts';

interface World {
  lock: Lock | undefined;
  written: Written;
}

const untouched = (tag = 'v0'): World => ({ lock: undefined, written: { tag } });

/** What the manifest says after an accepted intent, pinned or not. */
const write = ({ image, pin }: Intent): Written =>
  pin ? { tag: image.tag, digest: image.digest } : { tag: image.tag };

const step = (world: World, intent: Intent): { world: World; decision: Decision } => {
  const decision = decide(world.lock, world.written, intent);
  if (decision.decision !== 'accept') return { world, decision };
  // Through its bytes, so that every lock in these tests is one that can be read again.
  const lock = parseLock('lock', formatLock(decision.lock));
  return { world: { lock, written: write(intent) }, decision };
};

const run = (world: World, intents: readonly Intent[]): World =>
  intents.reduce((before, intent) => step(before, intent).world, world);

const outcome = (world: World, intent: Intent): string => {
  const { decision } = step(world, intent);
  return decision.decision === 'refuse' ? decision.code : decision.decision;
};

const v = (minute: number, changes: Partial<Intent> = {}): Intent => intentOf(`v${minute}`, minute, changes);

const back = (to: number, from: number, changes: Partial<Intent> = {}): Intent =>
  v(to, { reason: 'rollback', event: `rollback-${from}-${to}`, expected: v(from).image.digest, ...changes });

const current = ({ lock }: World) => targetOf(lock, 'app')?.current.tag;
const newest = ({ lock }: World) => targetOf(lock, 'app')?.newest.tag;

describe('a published image', () => {
  it('replaces the baseline when there is no lock', () => {
    const { world, decision } = step(untouched(), v(1));
    expect(decision.decision).toBe('accept');
    expect(targetOf(world.lock, 'app')).toMatchObject({ current: { tag: 'v1' }, newest: { tag: 'v1' }, holds: [] });
  });

  it('is written when it is newer than all before, and refused when it is not', () => {
    const world = run(untouched(), [v(3)]);
    expect(outcome(world, v(4))).toBe('accept');
    expect(outcome(world, v(2))).toBe('not-newer');
  });

  it('makes no commit where it is there already, with or without a lock', () => {
    expect(step(untouched('v1'), v(1)).decision).toEqual({ decision: 'unchanged', done: false });
    const again = v(1, { event: 'another' });
    const decision = { decision: 'unchanged', done: false, event: v(1).event };
    expect(step(run(untouched(), [v(1)]), again).decision).toEqual(decision);
  });

  it('is done when its event is in the history, whatever came after it', () => {
    const world = run(untouched(), [v(1), v(2), back(1, 2), v(3)]);
    for (const intent of [v(1), v(2), back(1, 2), v(3)])
      expect(step(world, intent).decision).toEqual({ decision: 'unchanged', done: true, event: intent.event });
  });

  it('is refused under a tag that another digest has, unless it is pinned', () => {
    const world = run(untouched(), [v(1)]);
    const rebuilt = v(2, { image: { ...v(1).image, digest: digest('rebuilt') } });
    expect(outcome(world, rebuilt)).toBe('same-tag');
    expect(outcome(world, { ...rebuilt, pin: true })).toBe('accept');
    expect(outcome(run(untouched(), [v(1, { pin: true })]), rebuilt)).toBe('accept');
  });

  it('waits for the next newer one where a person has changed the image', () => {
    const world: World = { ...run(untouched(), [v(1), v(3)]), written: { tag: 'by-hand' } };
    expect(outcome(world, v(3, { event: 'again' }))).toBe('not-newer');
    expect(outcome(world, v(2))).toBe('not-newer');
    expect(outcome(world, v(4))).toBe('accept');
  });

  it('is decided by its digest where two were pushed at the same time', () => {
    const [one, two] = [v(1), v(1, { ...intentOf('other', 1), order: v(1).order })];
    const winner = one.image.digest > two.image.digest ? one.image.tag : two.image.tag;
    expect(current(run(untouched(), [one, two]))).toBe(winner);
    expect(current(run(untouched(), [two, one]))).toBe(winner);
  });

  it('gets pinned where only its tag is written and pins are wanted', () => {
    expect(isWritten({ tag: 'v1' }, v(1, { pin: true }))).toBe(false);
    expect(isWritten({ tag: 'v1', digest: v(1).image.digest }, v(1, { pin: true }))).toBe(true);
    expect(isWritten({ digest: v(1).image.digest }, v(1))).toBe(true);
    expect(isWritten({}, v(1))).toBe(false);
  });
});

describe('a rollback', () => {
  it('restores the image before, holds the bad one, and does not lower the newest', () => {
    const world = run(untouched(), [v(1), v(3), back(1, 3)]);
    expect(targetOf(world.lock, 'app')).toMatchObject({
      current: { tag: 'v1' },
      newest: { tag: 'v3' },
      holds: [{ digest: v(3).image.digest, tag: 'v3', event: 'rollback-3-1' }],
    });
  });

  it('does nothing when something else is there by now', () => {
    expect(outcome(run(untouched(), [v(1), v(3), v(4)]), back(1, 3))).toBe('superseded');
    expect(outcome({ ...run(untouched(), [v(1), v(3)]), written: { tag: 'by-hand' } }, back(1, 3))).toBe('superseded');
    expect(outcome(untouched('v3'), back(1, 3))).toBe('superseded');
    expect(outcome({ lock: undefined, written: { tag: 'v3', digest: v(3).image.digest } }, back(1, 3))).toBe('accept');
  });

  it('needs another digest to replace', () => {
    const world = run(untouched(), [v(1), v(3)]);
    expect(outcome(world, back(1, 3, { expected: undefined }))).toBe('superseded');
    expect(outcome(world, back(3, 3))).toBe('superseded');
  });

  it('is not undone by a late older image, nor by the bad one under any tag', () => {
    const world = run(untouched(), [v(1), v(3), back(1, 3)]);
    expect(outcome(world, v(2))).toBe('not-newer');
    expect(outcome(world, v(3, { event: 'again' }))).toBe('held');
    expect(outcome(world, v(9, { image: { ...v(3).image, tag: 'retagged' } }))).toBe('held');
    expect(outcome(world, v(3, { reason: 'request', event: 'please' }))).toBe('held');
    expect(outcome(world, v(3, { reason: 'promotion', event: 'up' }))).toBe('held');
  });

  it('lets a newer image pass, and the hold stays', () => {
    const world = run(untouched(), [v(1), v(3), back(1, 3), v(4)]);
    expect(current(world)).toBe('v4');
    expect(targetOf(world.lock, 'app')?.holds).toHaveLength(1);
    expect(outcome(world, back(3, 4))).toBe('held');
  });
});

describe('a request', () => {
  it('by a person may go back without lowering the newest', () => {
    const world = run(untouched(), [v(1), v(3), v(2, { reason: 'request' })]);
    expect([current(world), newest(world)]).toEqual(['v2', 'v3']);
  });

  it('that is a promotion goes forward only', () => {
    expect(outcome(run(untouched(), [v(3)]), v(2, { reason: 'promotion' }))).toBe('not-newer');
  });
});

describe('the lock', () => {
  it('keeps the last ten images', () => {
    const many = Array.from({ length: 25 }, (_, at) => v(at + 1));
    const images = targetOf(run(untouched(), many).lock, 'app')?.images.map(({ tag }) => tag);
    expect(images).toHaveLength(keptImages);
    expect(images?.at(-1)).toBe('v25');
    expect(images?.at(0)).toBe('v16');
  });

  it('keeps the targets apart, whatever they are called', () => {
    const names = ['worker', 'app', 'constructor', '__proto__x', 'to-string'];
    const world = names.reduce<World>(
      ({ lock }, target) => step({ lock, written: { tag: 'v0' } }, v(1, { target })).world,
      untouched(),
    );
    expect(Object.keys(world.lock?.targets ?? {})).toEqual([...names].sort());
    expect(targetOf(undefined, 'constructor')).toBeUndefined();
  });
});

describe('whatever the order', () => {
  const published = fc
    .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 })
    .map((minutes) => minutes.map((minute) => v(minute)));

  const shuffled = (intents: Intent[]) =>
    fc
      .array(fc.constantFrom(...intents), { maxLength: 12 })
      .chain((more) => fc.shuffledSubarray([...intents, ...more], { minLength: intents.length + more.length }));

  it('published images end with the newest, each event delivered once or more', () => {
    fc.assert(
      fc.property(
        published.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
        ([all, delivered]) => {
          const world = run(untouched(), delivered);
          const order = ({ order, image }: Intent) => ({ ...image, order });
          const last = [...all].sort((a, b) => compareOrder(order(a), order(b))).at(-1);
          expect(world.written.tag).toBe(last?.image.tag);
          expect(current(world)).toBe(last?.image.tag);
        },
      ),
    );
  });

  it('a held image never comes back, the newest never sinks, and what is done again changes nothing', () => {
    const anything = fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 6 }).map((minute) => v(minute)),
        fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).map(([to, from]) => back(to, from)),
        fc.integer({ min: 1, max: 6 }).map((minute) => v(minute, { reason: 'request', event: `asked-${minute}` })),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anything, (intents) => {
        let world = untouched();
        for (const intent of intents) {
          const before = targetOf(world.lock, 'app');
          const held = before?.holds.map((hold) => hold.digest) ?? [];
          const { world: next, decision } = step(world, intent);
          const after = targetOf(next.lock, 'app');
          if (decision.decision === 'accept') {
            expect(held).not.toContain(intent.image.digest);
            expect(step(next, intent).decision).toEqual({ decision: 'unchanged', done: true, event: intent.event });
          } else expect(next).toBe(world);
          if (before && after) expect(compareOrder(after.newest, before.newest)).toBeGreaterThanOrEqual(0);
          expect(after?.holds.map((hold) => hold.digest) ?? []).toEqual(expect.arrayContaining(held));
          world = next;
        }
      }),
    );
  });
});
