import { describe, expect, test } from 'vitest';
import { decideHold, decideRelease } from '#commands/decide/hold.ts';
import type { Plan } from '#commands/decide/plan.ts';
import { decideRollback } from '#commands/decide/rollback.ts';
import { type TargetFacts, targetsOf } from '#commands/place/facts.ts';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { holdRequested } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { expectValidCdevent } from '../cdevents.ts';
import {
  at,
  chain,
  commitOf,
  committed,
  delivered,
  deployed,
  held,
  image,
  minute,
  recordOf,
  requested,
  rolledBack,
  start,
} from './delivered.ts';

const wish = {
  place: { service: 'checkout', environment: 'staging', stage: 'dev' },
  several: false,
  actor: { name: 'mona', by: 'command' },
  now: start + 120 * minute + 345,
};

const factsOf = (events: readonly AnyEvent[], untested = false): TargetFacts => {
  const deployments = new Map([['app', recordOf(events, {}, untested)]]);
  const [facts] = targetsOf({ deployments, events, complete: true });
  return facts!;
};

const rollback = (events: readonly AnyEvent[], more: Partial<Parameters<typeof decideRollback>[1]> = {}): Plan =>
  decideRollback(factsOf(events), { ...wish, ...more });

const requestIn = (plan: Plan) => {
  if (plan.plan !== 'act') throw new Error(plan.says.join('\n'));
  const event = anyEventSchema.parse(plan.event);
  expectValidCdevent(event);
  return event;
};

const contentOf = (plan: Plan) => imageRequested.schema.parse(requestIn(plan)).data.subject.content;

/** Two good ones, and a third that failed. */
const thirdIsBad = [...delivered(1, 0), ...delivered(2, 20), ...delivered(3, 40, { outcome: 'failure' })];

describe('a rollback', () => {
  test('goes back to the last verified image, and says so', () => {
    const plan = rollback(thirdIsBad);
    expect(plan.says).toEqual([
      'checkout in staging: main-3333333 → main-2222222 (verified 1 h ago). main-3333333 will be held.',
    ]);
    expect(plan).toMatchObject({
      next: [
        `If main-3333333 was not to blame: npm run release -- checkout staging --stage dev --image ${image(3).digest}`,
      ],
    });
  });

  test('is one event: which image, in place of which, by whom and why, on the chain of what it replaces', () => {
    const event = requestIn(rollback(thirdIsBad, { why: 'it charges twice' }));
    const commit = thirdIsBad.find(({ id }) => id === factsOf(thirdIsBad).asked?.event)!;
    expect(event).toMatchObject({
      type: imageRequested.type,
      source: '/fairlead/command',
      subject: 'checkout/staging/app',
      time: new Date(start + 120 * minute).toISOString(),
      service: 'checkout',
      environment: 'staging',
      team: 'pay',
      data: {
        context: { chainId: chain(3), links: [{ from: { contextId: commit.id } }] },
        subject: {
          content: {
            image: image(2),
            expected: image(3).digest,
            order: { time: at(2), basis: 'commit' },
            reason: 'rollback',
            mode: 'write',
          },
        },
        customData: { actor: { name: 'mona', by: 'command' }, commit: commitOf(2), why: 'it charges twice' },
      },
    });
  });

  test('typed twice in a second is one event; by another person, or later, it is another', () => {
    const id = requestIn(rollback(thirdIsBad)).id;
    expect(requestIn(rollback(thirdIsBad, { now: wish.now + 600 }))).toEqual(requestIn(rollback(thirdIsBad)));
    expect(requestIn(rollback(thirdIsBad, { now: wish.now + 1000 })).id).not.toBe(id);
    expect(requestIn(rollback(thirdIsBad, { actor: { name: 'lisa', by: 'command' } })).id).not.toBe(id);
  });

  test('by somebody whose clock is slow comes after what it follows from', () => {
    const { time } = requestIn(rollback(thirdIsBad, { now: start }));
    expect(time).toBe(thirdIsBad.at(-1)?.time);
  });

  test('of a verified image goes to the one that was verified before it, and says that it was verified itself', () => {
    const plan = rollback([...delivered(1, 0), ...delivered(2, 20)]);
    expect(contentOf(plan).image).toEqual(image(1));
    expect(plan.says[1]).toBe('main-2222222 was itself verified 1 h ago.');
  });

  test('of what is not running yet says what runs', () => {
    const plan = rollback([...delivered(1, 0), ...delivered(2, 20, { outcome: 'not-running' })]);
    expect(contentOf(plan).image).toEqual(image(1));
    expect(plan.says).toContain('main-2222222 does not run yet: main-1111111 does.');
  });

  test('passes over a verified image that is held', () => {
    const events = [...thirdIsBad, held(image(2).digest, 'hold', 50)];
    expect(contentOf(rollback(events)).image).toEqual(image(1));
  });

  test('counts what was healthy as verified where nothing is tested', () => {
    const events = [1, 2, 3].flatMap((number) => delivered(number, number * 10, { outcome: 'untested' }));
    const plan = decideRollback(factsOf(events, true), wish);
    expect(contentOf(plan).image).toEqual(image(2));
  });

  test('does not take what was never verified by itself, but tells what there is', () => {
    const events = [...delivered(1, 0, { outcome: 'untested' }), ...delivered(2, 20, { outcome: 'failure' })];
    expect(rollback(events)).toEqual({
      plan: 'refused',
      says: [
        'checkout in staging: no other image than main-2222222 was verified here, or it is held. To choose one all the same:',
        '  npm run rollback -- checkout staging --stage dev --to <tag|digest>',
        '  main-1111111  sha256:111111111111  deployed 1 h ago, never verified',
      ],
    });
  });

  test('of the first deployment has nowhere to go', () => {
    const plan = rollback(delivered(1, 0, { outcome: 'failure' }));
    expect(plan.plan).toBe('refused');
    expect(plan.says[0]).toBe(
      'checkout in staging: no other image than main-1111111 was here, so there is none to go back to. Push a fix.',
    );
  });

  test('where nothing was committed is refused', () => {
    expect(decideRollback({ target: 'app', images: [], holds: [] }, wish)).toEqual({
      plan: 'refused',
      says: ['checkout in staging: Fairlead has committed no image, so there is nothing to roll back.'],
    });
  });

  test('of what a rollback brought back wants to be told how far', () => {
    const events = [...thirdIsBad, ...rolledBack(2, 3, 50)];
    const plan = rollback(events);
    expect(plan.plan).toBe('refused');
    expect(plan.says).toEqual([
      'checkout in staging: main-2222222 is what a rollback by octocat brought back 1 h ago. To go further back:',
      '  npm run rollback -- checkout staging --stage dev --to <tag|digest>',
      '  main-3333333  sha256:333333333333  deployed 1 h ago, never verified, held',
      '  main-1111111  sha256:111111111111  verified 1 h ago',
    ]);
    expect(contentOf(rollback(events, { to: 'main-1111111' }))).toMatchObject({
      image: image(1),
      expected: image(2).digest,
    });
  });

  test('names its target where there are several', () => {
    const plan = rollback(thirdIsBad, { several: true });
    expect(plan.says[0]).toMatch(/^checkout in staging \(app\): /);
    expect(plan).toMatchObject({ next: [expect.stringContaining('--target app --image')] });
  });
});

describe('a rollback to a named image', () => {
  test.each([
    ['its tag', 'main-1111111'],
    ['its digest', image(1).digest],
    ['the beginning of its digest', 'sha256:1111111'],
  ])('goes to it by %s', (_, to) => {
    expect(contentOf(rollback(thirdIsBad, { to })).image).toEqual(image(1));
  });

  test('goes to one that was never verified, and says so', () => {
    const events = [...delivered(1, 0, { outcome: 'failure' }), ...delivered(2, 20)];
    const plan = rollback(events, { to: 'main-1111111' });
    expect(plan.says[0]).toContain('→ main-1111111 (deployed 1 h ago, never verified)');
  });

  test('goes to one that was overtaken before it ran, and says so', () => {
    const events = [...delivered(1, 0), ...delivered(2, 10, { outcome: 'not-running' }), ...delivered(3, 20)];
    const plan = rollback(events, { to: 'main-2222222' });
    expect(plan.says[0]).toContain('→ main-2222222 (in Git 1 h ago, never seen running)');
  });

  test('takes a tag as it is printed, with its commit cut short', () => {
    const long = (number: number) => image(number, `main-${commitOf(number)}`);
    const events = [1, 2].flatMap((number) => {
      const commit = committed(requested(number, number * 10, { image: long(number) }), number * 10 + 1);
      return [commit, deployed(commit, number * 10 + 2)];
    });
    const plan = rollback(events, { to: 'main-1111111' });
    expect(contentOf(plan).image).toEqual(long(1));
    expect(plan.says[0]).toContain('main-2222222 → main-1111111 (');
  });

  test.each([
    ['is unknown', 'main-7777777', /main-7777777 was never here/],
    ['is there now', 'main-3333333', /main-3333333 is what is asked for now/],
    ['was only asked for', 'main-4444444', /main-4444444 was never here/],
  ])('is refused where it %s, with those that there are', (_, to, why) => {
    const [neverRan] = delivered(4, 30, { outcome: 'not-running' });
    const plan = rollback([...thirdIsBad, neverRan!], { to });
    expect(plan.plan).toBe('refused');
    expect(plan.says[0]).toMatch(why);
    expect(plan.says.slice(1)).toEqual([
      '  main-2222222  sha256:222222222222  verified 1 h ago',
      '  main-1111111  sha256:111111111111  verified 1 h ago',
    ]);
  });

  test('is refused where it is held, with what releases it', () => {
    const plan = rollback([...thirdIsBad, held(image(2).digest, 'hold', 50)], { to: 'main-2222222' });
    expect(plan).toEqual({
      plan: 'refused',
      says: [
        'checkout in staging: main-2222222 is held. Release it first:',
        `  npm run release -- checkout staging --stage dev --image ${image(2).digest}`,
      ],
    });
  });

  test('is refused where a tag has named two', () => {
    const facts = factsOf(thirdIsBad);
    const retagged = facts.images.map((known) => ({ ...known, image: { ...known.image, tag: 'stable' } }));
    const plan = decideRollback({ ...facts, images: retagged }, { ...wish, to: 'stable' });
    expect(plan.plan).toBe('refused');
    expect(plan.says[0]).toMatch(/stable names several images/);
    expect(plan.says).toHaveLength(3);
  });
});

const hold = (events: readonly AnyEvent[], name?: string): Plan =>
  decideHold(factsOf(events), { ...wish, image: name });
const release = (events: readonly AnyEvent[], name?: string): Plan =>
  decideRelease(factsOf(events), { ...wish, image: name });

const heldIn = (plan: Plan) => holdRequested.schema.parse(requestIn(plan)).data;

describe('a hold', () => {
  test('is of the image that is asked for, on its chain, and does not move it', () => {
    const plan = hold(thirdIsBad);
    expect(plan.says).toEqual([
      'checkout in staging: main-3333333 (sha256:333333333333) will be held. It is not deployed again, under whatever tag, until somebody releases it.',
      'It stays where it is. To go back: npm run rollback -- checkout staging --stage dev',
    ]);
    expect(heldIn(plan)).toMatchObject({
      context: { chainId: chain(3) },
      subject: { id: 'checkout/staging/app', content: { action: 'hold', digest: image(3).digest, target: 'app' } },
      customData: { actor: { name: 'mona', by: 'command' } },
    });
  });

  test('is of another image by its tag, on the chain of that one', () => {
    expect(heldIn(hold(thirdIsBad, 'main-1111111'))).toMatchObject({
      context: { chainId: chain(1) },
      subject: { content: { digest: image(1).digest } },
    });
  });

  test('takes a whole digest of an image that never came', () => {
    expect(heldIn(hold(thirdIsBad, image(7).digest)).subject.content.digest).toBe(image(7).digest);
  });

  test('of a tag that nobody knows is refused', () => {
    expect(hold(thirdIsBad, 'main-7777777').says[0]).toMatch(/no image main-7777777 is known here/);
  });

  test('of what is held already is settled', () => {
    const plan = hold([...thirdIsBad, held(image(3).digest, 'hold', 50)]);
    expect(plan).toEqual({
      plan: 'settled',
      says: ['checkout in staging: main-3333333 is held already (1 h ago, by mona).'],
    });
  });
});

describe('a release', () => {
  const afterRollback = [...thirdIsBad, ...rolledBack(2, 3, 50)];

  test('is of what was held last, on the chain of the hold, and tells how to deploy it', () => {
    const plan = release(afterRollback);
    expect(plan.says).toEqual([
      'checkout in staging: main-3333333 (rolled back 1 h ago by octocat) will no longer be held. It is not deployed by that alone.',
    ]);
    expect(plan).toMatchObject({
      next: [
        `To deploy it again, and hold what is there now: npm run rollback -- checkout staging --stage dev --to ${image(3).digest}`,
      ],
    });
    expect(heldIn(plan)).toMatchObject({
      context: { chainId: chain(3) },
      subject: { content: { action: 'release', digest: image(3).digest } },
    });
  });

  test('is of another hold by the tag of its image', () => {
    const events = [...afterRollback, held(image(1).digest, 'hold', 70)];
    expect(heldIn(release(events)).subject.content.digest).toBe(image(1).digest);
    expect(heldIn(release(events, 'main-3333333')).subject.content.digest).toBe(image(3).digest);
  });

  test('where nothing is held is refused', () => {
    expect(release(thirdIsBad).says).toEqual(['checkout in staging: as far as the events tell, nothing is held.']);
    const ended = [...afterRollback, held(image(3).digest, 'release', 70)];
    expect(release(ended).plan).toBe('refused');
  });

  test('of an image that is not held is refused, unless its whole digest is named: the lock may know more', () => {
    expect(release(afterRollback, 'main-1111111').says).toEqual([
      'checkout in staging: main-1111111 is not held, as far as the events tell.',
      'Held are:',
      '  main-3333333  sha256:333333333333  held 1 h ago',
    ]);
    expect(heldIn(release(afterRollback, image(7).digest)).subject.content.digest).toBe(image(7).digest);
  });
});
