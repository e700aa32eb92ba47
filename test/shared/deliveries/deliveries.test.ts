import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { chainOf, deriveId } from '#events/identity.ts';
import { imageCommitted } from '#events/images.ts';
import { branchPushed } from '#events/source-control.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { eventKey } from '#shared/deliveries/keys.ts';
import { examples, push } from '../../events/examples.ts';
import { runs } from '../../runs.ts';
import { type Dynamodb, startDynamodb } from '../dynamodb.ts';

let dynamodb: Dynamodb;
let deliveries: Deliveries;

beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
});

afterAll(async () => {
  await dynamodb.close();
});

/** A chain, a service, a commit of its own for each test: all of them share the table. */
let number = 0;

beforeEach(() => {
  number += 1;
});

const digits = (text: string): string => deriveId(String(number), text).replaceAll('-', '');

const commitOf = (text: string): string => `${digits(text)}${digits(text)}`.slice(0, 40);

const pushOf = (commit: string, more: { time?: string; repository?: string } = {}) => {
  const { subject, customData } = push.data;
  const repository = more.repository ?? `https://github.com/acme/shop-${number}`;
  return branchPushed.reported({
    by: 'github-webhook',
    identity: [repository, commit],
    chain: chainOf(repository, commit),
    time: more.time ?? push.time,
    subject: { id: subject.id },
    content: { ...subject.content, commit },
    custom: customData,
  });
};

const committedOf = (
  cause: AnyEvent,
  more: { target?: string; time?: string; service?: string; environment?: string } = {},
) => {
  const [example] = examples.filter((event) => imageCommitted.is(event));
  const { subject, customData } = example!.data;
  const service = more.service ?? `checkout-${number}`;
  const environment = more.environment ?? 'staging';
  return imageCommitted.causedBy(cause, {
    by: 'image-tag-updater',
    subject: { id: `${service}/${environment}/${more.target ?? 'app'}` },
    service,
    environment,
    target: more.target ?? 'app',
    time: more.time ?? cause.time,
    content: {
      ...subject.content,
      service: { id: service },
      environment: { id: environment },
      target: more.target ?? 'app',
    },
    custom: customData,
  });
};

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();

describe('an event', () => {
  test('of every kind is appended once, and read back as it was', async () => {
    for (const example of examples) {
      expect(await deliveries.append(example)).toBe(true);
      expect(await deliveries.append(structuredClone(example))).toBe(false);
    }
    const chain = await deliveries.chain(push.data.context.chainId);
    expect(chain.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual(
      examples.toSorted((a, b) => a.type.localeCompare(b.type)),
    );
  });

  test('appended by many at once is appended by one of them', async () => {
    const event = pushOf(commitOf('race'));
    const results = await Promise.all(Array.from({ length: 8 }, () => deliveries.append(event)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await deliveries.chain(event.data.context.chainId)).toEqual([event]);
  });

  test('is never changed by a later one with its id', async () => {
    const event = pushOf(commitOf('first'));
    await deliveries.append(event);
    await deliveries.append({ ...event, team: 'other' });
    expect(await deliveries.chain(event.data.context.chainId)).toEqual([event]);
  });

  test('that cannot be appended says so, and is found by nothing', async () => {
    const elsewhere = createDeliveries(dynamodb.documentClient, 'NoSuchTable');
    await expect(elsewhere.append(push)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a chain', () => {
  test('is in the order of time, whatever the order of arrival, and holds no event twice', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        async (milliseconds, random) => {
          run += 1;
          const first = pushOf(commitOf(`order-${run}`));
          const events = milliseconds.map((ms, index) =>
            committedOf(first, { target: `t${index}`, time: new Date(Date.parse(first.time) + ms).toISOString() }),
          );
          const arrivals = [...events, ...events.filter(() => random.next().value % 2 === 0)].toSorted(
            () => (random.next().value % 3) - 1,
          );
          for (const event of arrivals) await deliveries.append(event);
          const chain = await deliveries.chain(first.data.context.chainId);
          expect(chain).toEqual(events.toSorted((a, b) => a.time.localeCompare(b.time)));
        },
      ),
      { numRuns: runs(6, 50) },
    );
  });

  test('puts events of one moment in an order that is the same for every reader', async () => {
    const first = pushOf(commitOf('moment'));
    const events = Array.from({ length: 5 }, (_, index) => committedOf(first, { target: `t${index}` }));
    for (const event of events) await deliveries.append(event);
    const ids = (await deliveries.chain(first.data.context.chainId)).map(({ id }) => id);
    expect(ids).toEqual(events.map(({ id }) => id).sort());
  });

  test('that nobody has heard of is empty', async () => {
    expect(await deliveries.chain(deriveId('nothing'))).toEqual([]);
  });

  test('is read to its end, however many pages it has', async () => {
    const first = pushOf(commitOf('long'));
    const diff = 'x'.repeat(7900);
    const events = Array.from({ length: 150 }, (_, index) => {
      const event = committedOf(first, { target: `t${index}`, time: at(index % 50) });
      return { ...event, data: { ...event.data, customData: { ...event.data.customData, diff } } };
    });
    await Promise.all(events.map((event) => deliveries.append(event)));
    expect(await deliveries.chain(first.data.context.chainId)).toHaveLength(150);
  });

  test('does not see what a function keeps for itself under the same key', async () => {
    const first = pushOf(commitOf('own'));
    await deliveries.append(first);
    const { pk } = eventKey(first.data.context.chainId, first.id);
    await dynamodb.documentClient.send(
      new PutCommand({ TableName: 'DeliveriesTable', Item: { pk, sk: 'MESSAGE#checkout', ts: '1' } }),
    );
    expect(await deliveries.chain(first.data.context.chainId)).toEqual([first]);
  });
});

describe('events about a subject', () => {
  test('are found across chains, oldest first', async () => {
    const service = `subject-${number}`;
    const late = committedOf(pushOf(commitOf('late')), { service, time: at(9) });
    const early = committedOf(pushOf(commitOf('early')), { service, time: at(1) });
    const other = committedOf(pushOf(commitOf('other')), { service, environment: 'qa' });
    for (const event of [late, other, early]) await deliveries.append(event);
    expect(await deliveries.bySubject(`${service}/staging/app`)).toEqual([early, late]);
    expect(await deliveries.bySubject('nobody')).toEqual([]);
  });
});

describe('pushes', () => {
  test('are found by their whole commit and by seven digits of it or more', async () => {
    const commit = commitOf('prefix');
    const event = pushOf(commit);
    await deliveries.append(event);
    await deliveries.append(event);
    for (const length of [7, 8, 12, 39, 40]) expect(await deliveries.pushes(commit.slice(0, length))).toEqual([event]);
  });

  test('are all those that begin so, of whatever repository', async () => {
    const start = digits('shared').slice(0, 7);
    const [one, two] = ['a', 'b'].map((digit) => pushOf(`${start}${digit.repeat(33)}`));
    const fork = pushOf(`${start}${'a'.repeat(33)}`, { repository: 'https://github.com/fork/shop' });
    for (const event of [one!, two!, fork]) await deliveries.append(event);
    const ids = async (prefix: string) => (await deliveries.pushes(prefix)).map(({ id }) => id).sort();
    expect(await ids(start)).toEqual([one!.id, two!.id, fork.id].sort());
    expect(await ids(`${start}aa`)).toEqual([one!.id, fork.id].sort());
    expect(await ids(`${start}c`)).toEqual([]);
  });

  test('are found before the chain says so, and a crash between the two is repaired by the retry', async () => {
    const event = pushOf(commitOf('crash'));
    // A client of its own: the document client adds its middleware to the client that it is made from.
    const dying = DynamoDBDocumentClient.from(dynamodb.createClient());
    dying.middlewareStack.add(
      (next) => async (args) => {
        if ('ConditionExpression' in args.input) throw new Error('fake: the process died here');
        return next(args);
      },
      { step: 'initialize' },
    );
    await expect(createDeliveries(dying, 'DeliveriesTable').append(event)).rejects.toThrow('died');
    dying.destroy();
    expect(await deliveries.pushes(event.data.subject.content.commit)).toEqual([event]);
    expect(await deliveries.chain(event.data.context.chainId)).toEqual([]);
    expect(await deliveries.append(event)).toBe(true);
    expect(await deliveries.pushes(event.data.subject.content.commit)).toEqual([event]);
    expect(await deliveries.chain(event.data.context.chainId)).toEqual([event]);
  });
});

describe('commits', () => {
  test('are those of one service and environment, oldest first', async () => {
    const service = `commits-${number}`;
    const first = pushOf(commitOf('commits'));
    const two = committedOf(first, { service, target: 'two', time: at(20) });
    const one = committedOf(first, { service, target: 'one', time: at(3) });
    const elsewhere = committedOf(first, { service, target: 'one', environment: 'staging-2' });
    for (const event of [two, elsewhere, one, two]) await deliveries.append(event);
    expect(await deliveries.commits(service, 'staging')).toEqual([one, two]);
    expect(await deliveries.commits(service, 'production')).toEqual([]);
  });

  test('are the last ones where only so many are asked for, or those up to a moment', async () => {
    const service = `commits-${number}`;
    const first = pushOf(commitOf('commits'));
    const all = [3, 20, 20, 41].map((second, index) =>
      committedOf(first, { service, target: `target-${index}`, time: at(second) }),
    );
    for (const event of all) await deliveries.append(event);
    const targets = async (which: { most?: number; until?: string }) =>
      (await deliveries.commits(service, 'staging', which)).map(({ data }) => data.subject.content.target).sort();
    expect(await targets({ most: 1 })).toEqual(['target-3']);
    expect(await targets({ most: 3 })).toEqual(['target-1', 'target-2', 'target-3']);
    expect(await targets({ until: at(20) })).toEqual(['target-0', 'target-1', 'target-2']);
    expect(await targets({ until: '2026-11-23T10:00:19+01:00' })).toEqual(['target-0']);
    expect(await targets({ until: at(2) })).toEqual([]);
  });
});
