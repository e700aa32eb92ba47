import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '#shared/gitops/decide.ts';
import type { Decision } from '#shared/gitops/decision.ts';
import { decideHold, holdOn } from '#shared/gitops/holds.ts';
import { type Hold, type Intent, isHold, type Wish, type Written } from '#shared/gitops/intent.ts';
import { formatLock, type Lock, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { commitMessage } from '#shared/gitops/message.ts';
import { compareOrder } from '#shared/gitops/order.ts';
import { runs } from '../../runs.ts';
import { digest, intentOf } from './standard.ts';

interface World {
  readonly lock: Lock | undefined;
  readonly written: Written;
}

const start: World = { lock: undefined, written: { tag: 'v0' } };

const step = (world: World, wish: Wish): { world: World; decision: Decision } => {
  const decision = isHold(wish) ? decideHold(world.lock, wish) : decide(world.lock, world.written, wish);
  if (decision.decision !== 'accept') return { world, decision };
  const lock = parseLock('lock', formatLock(decision.lock));
  if (isHold(wish)) return { world: { lock, written: world.written }, decision };
  const { tag, digest } = wish.image;
  return { world: { lock, written: wish.pin ? { tag, digest } : { tag } }, decision };
};

const run = (...wishes: readonly Wish[]): World => wishes.reduce((world, wish) => step(world, wish).world, start);

const outcome = (world: World, wish: Wish): string => {
  const { decision } = step(world, wish);
  return decision.decision === 'refuse' ? decision.code : decision.decision;
};

const v = (minute: number, changes: Partial<Intent> = {}): Intent => intentOf(`v${minute}`, minute, changes);

const back = (to: number, from: number): Intent =>
  v(to, { reason: 'rollback', event: `rollback-${from}-${to}`, expected: v(from).image.digest });

/** The image of the nth minute, held or released at a minute of its own. */
const hold = (of: number, at: number, action: Hold['action'] = 'hold'): Hold => ({
  event: `${action}-${of}-${at}`,
  time: new Date(Date.UTC(2026, 0, 1, 2, at)).toISOString(),
  chain: `chain-v${of}`,
  service: 'checkout',
  environment: 'staging',
  target: 'app',
  actor: 'ada',
  action,
  digest: v(of).image.digest,
});

const release = (of: number, at: number): Hold => hold(of, at, 'release');

/** Another image of the same commit, which the tie-break by digest would prefer. */
const rebuilt = (of: number, changes: Partial<Intent> = {}): Intent => {
  const candidates = Array.from({ length: 50 }, (_, at) => digest(`rebuilt ${of} ${at}`));
  const higher = candidates.find((candidate) => candidate > v(of).image.digest);
  return v(of, { event: `rebuilt-${of}`, image: { ...v(of).image, tag: `v${of}-again`, digest: higher! }, ...changes });
};

const known = ({ lock }: World) => targetOf(lock, 'app');

describe('a hold by a person', () => {
  it('changes the lock and nothing else, and keeps its image out under any tag', () => {
    const { world, decision } = step(run(v(1), v(2)), hold(3, 0));
    expect(decision.decision).toBe('accept');
    expect(known(world)).toMatchObject({ current: { tag: 'v2' }, newest: { tag: 'v2' } });
    expect(known(world)?.holds).toEqual([{ digest: v(3).image.digest, event: 'hold-3-0', since: hold(3, 0).time }]);
    expect(outcome(world, v(3))).toBe('held');
    expect(outcome(world, v(3, { image: { ...v(3).image, tag: 'retagged' } }))).toBe('held');
    expect(outcome(world, v(4))).toBe('accept');
  });

  it('knows the tag and the order of an image that was here, so that a rebuild is held, too', () => {
    const world = run(v(1), v(2), v(3), hold(3, 0));
    expect(known(world)?.holds).toMatchObject([{ tag: 'v3', order: v(3).order }]);
    expect(outcome(world, rebuilt(3))).toBe('held');
  });

  it('is there once, however often it comes', () => {
    const world = run(v(1), hold(1, 0));
    expect(step(world, hold(1, 0)).decision).toEqual({ decision: 'unchanged', done: true, event: 'hold-1-0' });
    expect(step(world, hold(1, 5)).decision).toEqual({ decision: 'unchanged', done: false, event: 'hold-1-0' });
  });

  it('does not come back after its release, and is renewed by a later one', () => {
    const world = run(v(1), v(2), hold(2, 0), release(2, 1));
    expect(step(world, hold(2, 0)).decision).toEqual({ decision: 'unchanged', done: true, event: 'hold-2-0' });
    expect(holdOn(known(world), v(2).image.digest)).toBeUndefined();
    const again = step(world, hold(2, 2)).world;
    expect(holdOn(known(again), v(2).image.digest)).toMatchObject({ event: 'hold-2-2' });
    expect(outcome(again, release(2, 1))).toBe('superseded');
  });

  it('needs a lock, and a release of what is not held needs nothing', () => {
    expect(outcome(start, hold(1, 0))).toBe('no-lock');
    expect(step(start, release(1, 0)).decision).toEqual({ decision: 'unchanged', done: false });
    expect(step(run(v(1)), release(1, 0)).decision).toEqual({ decision: 'unchanged', done: false });
  });

  it('is of one target alone', () => {
    const world = run(v(1), v(1, { target: 'worker' }), hold(2, 0));
    expect(outcome(world, v(2))).toBe('held');
    expect(outcome(world, v(2, { target: 'worker' }))).toBe('accept');
  });
});

describe('what was rolled back', () => {
  const rolledBack = () => run(v(1), v(3), back(1, 3));

  it('is held with its order, so that a rebuild of its commit does not dodge the hold', () => {
    expect(known(rolledBack())?.holds).toEqual([
      {
        digest: v(3).image.digest,
        tag: 'v3',
        order: v(3).order,
        commit: v(3).commit,
        event: 'rollback-3-1',
        since: back(1, 3).time,
      },
    ]);
    expect(compareOrder({ ...rebuilt(3).image, order: rebuilt(3).order }, known(rolledBack())!.newest)).toBe(1);
    expect(outcome(rolledBack(), rebuilt(3))).toBe('held');
    expect(outcome(rolledBack(), rebuilt(3, { reason: 'promotion' }))).toBe('held');
    expect(outcome(rolledBack(), rebuilt(3, { reason: 'request' }))).toBe('accept');
  });

  it('does not come by a request of a person either, nor by another rollback, before it is released', () => {
    for (const reason of ['request', 'promotion'] as const) {
      const { decision } = step(rolledBack(), v(3, { reason, event: reason }));
      expect(decision).toMatchObject({ decision: 'refuse', code: 'held' });
      expect(decision).toHaveProperty('message', expect.stringMatching(/Release it first\.$/));
    }
    expect(outcome(run(v(1), v(3), back(1, 3), v(4)), back(3, 4))).toBe('held');
  });

  it('does not come by itself once released, only by a request', () => {
    const released = step(rolledBack(), release(3, 9)).world;
    expect(outcome(released, v(3, { event: 'again' }))).toBe('not-newer');
    expect(outcome(released, v(2))).toBe('not-newer');
    const asked = step(released, v(3, { reason: 'request', event: 'please' }));
    expect(asked.decision.decision).toBe('accept');
    expect(known(asked.world)?.current.tag).toBe('v3');
  });

  it('is held again when it fails again', () => {
    const again = run(v(1), v(3), back(1, 3), release(3, 0), v(3, { reason: 'request', event: 'please' }));
    const failed = { ...back(1, 3), event: 'second-rollback', time: hold(3, 5).time };
    const world = step(again, failed).world;
    expect(holdOn(known(world), v(3).image.digest)).toMatchObject({ event: 'second-rollback' });
    expect(outcome(world, release(3, 0))).toBe('superseded');
  });

  it('may go back to another image of the same commit, which stays', () => {
    const world = run(v(3), rebuilt(3), { ...back(3, 3), expected: rebuilt(3).image.digest });
    expect(known(world)?.current.tag).toBe('v3');
    expect(outcome(world, v(3, { event: 'again' }))).toBe('unchanged');
  });

  it('works where images are pinned', () => {
    const pinned = (intent: Intent): Intent => ({ ...intent, pin: true });
    const world = run(pinned(v(1)), pinned(v(3)), pinned(back(1, 3)));
    expect(world.written).toEqual({ tag: 'v1', digest: v(1).image.digest });
    expect(known(world)?.holds).toMatchObject([{ digest: v(3).image.digest, tag: 'v3' }]);
    expect(outcome(world, pinned(v(3, { event: 'again' })))).toBe('held');
  });
});

describe('the commit message', () => {
  const was = (wish: Wish, written: Written) => new Map([[wish, written]]);
  const lines = (message: string): string[] => message.split('\n');

  it('of a rollback says from what to what, and its reason', () => {
    const intent = back(1, 3);
    const message = lines(commitMessage([intent], was(intent, { tag: 'v3' })));
    expect(message[0]).toBe('checkout: roll staging back to v1 (was v3)');
    expect(message.at(-2)).toBe('Fairlead-Reason: rollback');
    expect(lines(commitMessage([intent]))[0]).toBe('checkout: roll staging back to v1');
  });

  it('of a hold names the image', () => {
    const one = hold(3, 0);
    const message = lines(commitMessage([one], was(one, { tag: 'v3' })));
    expect(message[0]).toBe('checkout: hold v3 in staging');
    expect(message).toContain('Fairlead-Event: hold-3-0');
    expect(lines(commitMessage([release(3, 0)]))[0]).toMatch(/^checkout: release sha256:[0-9a-f]{12} in staging$/);
  });
});

describe('whatever the order, and however often', () => {
  const minute = fc.integer({ min: 1, max: 5 });
  const wish: fc.Arbitrary<Wish> = fc.oneof(
    minute.map((of) => v(of)),
    minute.map((of) => v(of, { event: `again-${of}` })),
    minute.map((of) => rebuilt(of)),
    minute.map((of) => v(of, { event: `retagged-${of}`, image: { ...v(of).image, tag: `other-${of}` } })),
    fc.tuple(minute, minute).map(([to, from]) => back(to, from)),
    minute.map((of) => v(of, { reason: 'request', event: `asked-${of}` })),
    fc.tuple(minute, fc.nat({ max: 9 }), fc.constantFrom<Hold['action']>('hold', 'release')).map((all) => hold(...all)),
  );

  it('what is held is never written, what was done stays done, and the newest never sinks', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), (wishes) => {
        let world = start;
        for (const one of wishes) {
          const before = known(world);
          const { world: next, decision } = step(world, one);
          const after = known(next);
          if (decision.decision !== 'accept') expect(next).toBe(world);
          else {
            if (!isHold(one)) expect(holdOn(before, one.image.digest)).toBeUndefined();
            if (!isHold(one) && one.reason === 'rollback') expect(before?.current.digest).toBe(one.expected);
            expect(step(next, one).decision).toMatchObject({ decision: 'unchanged', done: true });
          }
          if (before && after) expect(compareOrder(after.newest, before.newest)).toBeGreaterThanOrEqual(0);
          // Nothing older comes over something newer, but by a rollback or a person.
          const moved = before !== undefined && after?.current.digest !== before.current.digest;
          if (moved && !isHold(one) && one.reason === 'published') {
            expect(compareOrder({ ...one.image, order: one.order }, before.newest)).toBeGreaterThan(0);
            expect(before.holds.some((held) => !held.released && held.order === one.order)).toBe(false);
          }
          world = next;
        }
      }),
      { numRuns: runs(150, 1000) },
    );
  });

  it('people who hold and release an image end with what they asked for last, whatever comes again', () => {
    const action = fc.constantFrom<Hold['action']>('hold', 'release');
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (actions, random) => {
        const asked = actions.map((one, at) => hold(1, at, one));
        const delivered = asked.flatMap((one, at) => [one, asked[random.next().value % (at + 1)]!]);
        const world = run(v(1), v(2), ...delivered);
        expect(holdOn(known(world), v(1).image.digest) !== undefined).toBe(actions.at(-1) === 'hold');
      }),
    );
  });
});
