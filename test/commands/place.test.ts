import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TargetFacts, targetsOf } from '#commands/place/facts.ts';
import { createTable, mostEvents } from '#commands/place/table.ts';
import type { AnyEvent } from '#events/event.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { type Dynamodb, startDynamodb } from '../shared/dynamodb.ts';
import { chain, committed, delivered, held, image, recordOf, requested, rolledBack } from './delivered.ts';

const factsOf = (events: readonly AnyEvent[]): TargetFacts =>
  targetsOf({ deployments: new Map([['app', recordOf(events)]]), events, complete: true })[0]!;

const heldIn = (events: readonly AnyEvent[]): string[] => factsOf(events).holds.map(({ digest }) => digest);

const [one, two, three] = [image(1).digest, image(2).digest, image(3).digest];

describe('what is held', () => {
  test('is what a rollback replaced, by whoever asked for it and why', () => {
    const { holds } = factsOf([...delivered(1, 0), ...delivered(2, 10), ...rolledBack(1, 2, 20)]);
    expect(holds).toMatchObject([
      { digest: two, reason: 'rollback', actor: { name: 'octocat', by: 'github' }, why: 'it answers 500' },
    ]);
  });

  test('is not what a rollback meant that found its image there already', () => {
    const request = requested(1, 20, { rollback: { expected: image(2), chain: chain(2) } });
    expect(heldIn([...delivered(1, 0), request, committed(request, 21, false)])).toEqual([]);
  });

  test('is what a person held, until a person releases it', () => {
    const events = [...delivered(1, 0), held(one, 'hold', 10)];
    expect(factsOf(events).holds).toMatchObject([
      { digest: one, reason: 'hold', actor: { name: 'mona', by: 'command' }, why: 'it charges twice' },
    ]);
    expect(heldIn([...events, held(one, 'release', 11)])).toEqual([]);
    expect(heldIn([...events, held(one, 'release', 11), held(one, 'hold', 12)])).toEqual([one]);
  });

  test('ends with what each image was told last, whatever was told of others', async () => {
    const changes = fc.array(
      fc.record({ digest: fc.constantFrom(one, two, three), action: fc.constantFrom('hold', 'release') }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.property(changes, (told) => {
        const events = told.map(({ digest, action }, minutes) => held(digest, action, minutes));
        const last = new Map(told.map(({ digest, action }) => [digest, action]));
        const wanted = [...last].filter(([, action]) => action === 'hold').map(([digest]) => digest);
        expect(new Set(heldIn([...delivered(1, 0), ...events]))).toEqual(new Set(wanted));
      }),
    );
  });

  test('has the latest last, also where it was held before', () => {
    const events = [held(one, 'hold', 1), held(two, 'hold', 2), held(one, 'hold', 3)];
    expect(heldIn([...delivered(1, 0), ...events])).toEqual([two, one]);
  });
});

describe('the images of a place', () => {
  test('are each there once, with when they last ran and were proven', () => {
    const { images } = factsOf([...delivered(1, 0), ...delivered(2, 10), ...rolledBack(1, 2, 20)]);
    expect(images.map(({ image: { tag }, deployed, verified }) => ({ tag, deployed, verified }))).toEqual([
      { tag: 'main-1111111', deployed: '2026-11-23T09:23:00.000Z', verified: '2026-11-23T09:24:00.000Z' },
      { tag: 'main-2222222', deployed: '2026-11-23T09:13:00.000Z', verified: '2026-11-23T09:14:00.000Z' },
    ]);
  });

  test('are also those that only the record still knows', () => {
    const old = delivered(1, 0);
    const events = delivered(2, 10, { outcome: 'failure' });
    const record = { ...recordOf(events), verified: recordOf(old).verified };
    const [facts] = targetsOf({ deployments: new Map([['app', record]]), events, complete: false });
    expect(facts?.images.map(({ image: { tag }, verified }) => [tag, verified])).toEqual([
      ['main-2222222', undefined],
      ['main-1111111', '2026-11-23T09:04:00.000Z'],
    ]);
  });

  test('belong to their target', () => {
    const events = [...delivered(1, 0, { target: 'web' }), ...delivered(2, 0, { target: 'worker' })];
    const targets = targetsOf({ deployments: new Map(), events, complete: true });
    expect(targets.map(({ target, images }) => [target, images.map(({ image: { tag } }) => tag)])).toEqual([
      ['web', ['main-1111111']],
      ['worker', ['main-2222222']],
    ]);
  });

  test('of a target that is only observed are known, though nothing was committed', () => {
    const events = [requested(1, 0)];
    const [facts] = targetsOf({ deployments: new Map(), events, complete: true });
    expect(facts).toMatchObject({ target: 'app', images: [{ image: image(1) }] });
  });
});

describe('the table', () => {
  let dynamodb: Dynamodb;

  beforeAll(async () => {
    dynamodb = await startDynamodb('DeliveriesTable');
  });

  afterAll(async () => {
    await dynamodb.close();
  });

  test('is read back to the newest thousand events of a place, over as many pages as it takes', async () => {
    const deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
    const table = createTable(dynamodb.documentClient, 'DeliveriesTable');
    const all = Array.from({ length: mostEvents + 20 }, (_, minutes) => requested(1, minutes, { image: image(1) }));
    const [last, ...first] = all.toReversed();
    for (let start = 0; start < first.length; start += 50)
      await Promise.all(first.slice(start, start + 50).map((event) => deliveries.append(event)));
    await deliveries.append(last!);
    const { events, complete } = await table.history('checkout', 'staging');
    expect(events).toEqual(all.slice(-mostEvents));
    expect(complete).toBe(false);
  });

  test('of a smaller place is read whole', async () => {
    const deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
    const events = delivered(1, 0, { service: 'cart' });
    for (const event of events) await deliveries.append(event);
    const table = createTable(dynamodb.documentClient, 'DeliveriesTable');
    expect(await table.history('cart', 'staging')).toEqual({ deployments: new Map(), events, complete: true });
  });
});
