import { describe, expect, test } from 'vitest';
import { createEventBuses, type PutEvent } from '#local/eventbridge/bus.ts';
import type { BusEvent } from '#local/eventbridge/rule.ts';
import { entry, fakeWorld, here, rule, target } from './fixture.ts';

/** Buses whose deliveries are written down, as target and event. */
const recording = (rules: Parameters<typeof createEventBuses>[0]['rules'], copies: readonly number[] = [0]) => {
  const delivered: { arn: string; event: BusEvent }[] = [];
  const puts: PutEvent[] = [];
  const buses = createEventBuses(
    { ...here, rules },
    fakeWorld({
      copies: () => copies,
      deliver: async (arn, event) => {
        delivered.push({ arn, event });
      },
    }),
  );
  buses.subscribe((put) => puts.push(put));
  return { buses, delivered, puts };
};

test('an event is delivered in the envelope of EventBridge', async () => {
  const { buses, delivered } = recording([rule()]);
  const result = buses.putEvents([entry({ Resources: ['arn:x'] })]);
  expect(delivered).toEqual([]);
  await buses.idle();
  expect(delivered).toEqual([
    {
      arn: target().arn,
      event: {
        version: '0',
        id: expect.any(String),
        'detail-type': 'image.requested',
        source: 'fairlead.image-policy',
        account: '111122223333',
        time: '2026-05-04T12:00:00Z',
        region: 'eu-west-1',
        resources: ['arn:x'],
        detail: { environment: 'staging', service: 'checkout' },
      },
    },
  ]);
  expect(result).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: delivered[0]?.event.id }] });
});

test.each([
  ['seconds since 1970, as the SDKs send it', 1_700_000_000.5],
  ['ISO 8601', '2023-11-14T22:13:20Z'],
  ['ISO 8601 with an offset', '2023-11-14T23:13:20+01:00'],
  ['a date', new Date('2023-11-14T22:13:20Z')],
])("an entry's own time is kept, given as %s", async (_, Time) => {
  const { buses, puts } = recording([]);
  buses.putEvents([entry({ Time })]);
  expect(puts[0]?.event.time).toBe('2023-11-14T22:13:20Z');
});

describe('an event goes to the rules of its own bus', () => {
  const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
  const named = (name: string, bus: string) => rule({ name, bus, targets: [target({ arn: arnOf(name) })] });
  const rules = [named('custom', 'fairlead'), named('plain', 'default')];

  test.each([
    ['by name', { EventBusName: 'fairlead' }, ['custom']],
    ['by ARN', { EventBusName: 'arn:aws:events:eu-west-1:111122223333:event-bus/fairlead' }, ['custom']],
    ['by default', { EventBusName: undefined }, ['plain']],
    ['by the name of the default', { EventBusName: 'default' }, ['plain']],
  ])('%s', async (_, changes, expected) => {
    const { buses, delivered } = recording(rules);
    buses.putEvents([entry(changes)]);
    await buses.idle();
    expect(delivered.map(({ arn }) => arn)).toEqual(expected.map(arnOf));
  });

  test('also if the rule names its bus by ARN', async () => {
    const { buses, delivered } = recording([rule({ bus: 'arn:aws:events:eu-west-1:111122223333:event-bus/fairlead' })]);
    buses.putEvents([entry()]);
    await buses.idle();
    expect(delivered).toHaveLength(1);
  });

  test('and to nobody, but with an id, if there is no such bus: only who watches can tell', async () => {
    const { buses, delivered, puts } = recording(rules);
    expect(buses.putEvents([entry({ EventBusName: 'farelead' })]).Entries[0]).toEqual({ EventId: expect.any(String) });
    await buses.idle();
    expect(delivered).toEqual([]);
    expect(puts).toMatchObject([{ bus: 'farelead', busExists: false, rules: [] }]);
  });
});

test('every target of every rule that matches gets the event, and no other', async () => {
  const targets = [target({ id: 'a', arn: 'arn:a' }), target({ id: 'b', arn: 'arn:b' })];
  const { buses, delivered, puts } = recording([
    rule({ name: 'two', targets }),
    rule({ name: 'all', pattern: { source: [{ prefix: 'fairlead.' }] }, targets: [target({ arn: 'arn:c' })] }),
    rule({ name: 'none', pattern: { source: ['aws.ecr'] }, targets: [target({ arn: 'arn:d' })] }),
  ]);
  buses.putEvents([entry()]);
  await buses.idle();
  expect(delivered.map(({ arn }) => arn).sort()).toEqual(['arn:a', 'arn:b', 'arn:c']);
  expect(puts[0]?.rules.map(({ name }) => name)).toEqual(['two', 'all']);
});

test('an event of an AWS service is taken from a stand-in', async () => {
  const pattern = {
    source: ['aws.ecr'],
    'detail-type': ['ECR Image Action'],
    detail: { result: ['SUCCESS'], 'image-tag': [{ exists: true }] },
  };
  const { buses, delivered } = recording([rule({ bus: 'default', pattern })]);
  const detail = { result: 'SUCCESS', 'repository-name': 'checkout', 'action-type': 'PUSH' };
  const image = { Source: 'aws.ecr', DetailType: 'ECR Image Action', Resources: [] };
  const result = buses.putServiceEvents([
    { ...image, Detail: JSON.stringify({ ...detail, 'image-tag': 'main-3f2a' }) },
    { ...image, Detail: JSON.stringify(detail) },
  ]);
  await buses.idle();
  expect(result.FailedEntryCount).toBe(0);
  expect(delivered.map(({ event }) => event.detail['image-tag'])).toEqual(['main-3f2a']);
});

test('copies come as often and in the order that the world says', async () => {
  const delivered: unknown[] = [];
  const buses = createEventBuses(
    { ...here, rules: [rule()] },
    fakeWorld({
      copies: (_rule, _target, { detail }) =>
        ({ late: [40], twice: [0, 10], never: [] })[String(detail.service)] ?? [0],
      deliver: async (_arn, { detail }) => {
        delivered.push(detail.service);
      },
    }),
  );
  const of = (service: string) => entry({ Detail: JSON.stringify({ environment: 'staging', service }) });
  buses.putEvents([of('late'), of('twice'), of('never')]);
  await buses.idle();
  expect(delivered).toEqual(['twice', 'twice', 'late']);
});

test('idle waits for what a delivery puts in its turn', async () => {
  const seen: string[] = [];
  const follow = rule({
    name: 'follow',
    pattern: { 'detail-type': ['image.committed'] },
    targets: [target({ arn: 'arn:sync' })],
  });
  const buses = createEventBuses(
    { ...here, rules: [rule(), follow] },
    fakeWorld({
      deliver: async (_arn, event) => {
        seen.push(event['detail-type']);
        if (event['detail-type'] === 'image.requested') buses.putEvents([entry({ DetailType: 'image.committed' })]);
      },
    }),
  );
  await buses.idle();
  buses.putEvents([entry()]);
  await buses.idle();
  expect(seen).toEqual(['image.requested', 'image.committed']);
});

test('a listener hears every event until it leaves', () => {
  const { buses, puts } = recording([]);
  const leave = buses.subscribe((put) => puts.push(put));
  buses.putEvents([entry()]);
  expect(puts).toHaveLength(2);
  leave();
  buses.putEvents([entry()]);
  expect(puts).toHaveLength(3);
});

test('closing cancels what is pending, and nothing is delivered afterwards', async () => {
  const { buses, delivered } = recording([rule()], [3_600_000]);
  buses.putEvents([entry()]);
  buses.close();
  await buses.idle();
  buses.putEvents([entry()]);
  await buses.idle();
  expect(delivered).toEqual([]);
});

test('a rule with an invalid pattern is refused at the start, by name and path', () => {
  const invalid = rule({ name: 'typo', pattern: { detail: { stage: [{ prefx: 'x' }] } } });
  expect(() => createEventBuses({ ...here, rules: [invalid] }, fakeWorld())).toThrow(
    'Rule typo: $.detail.stage[0].prefx "prefx" is not an operator',
  );
});
