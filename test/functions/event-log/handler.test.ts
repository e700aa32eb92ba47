import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { decide } from '#functions/event-log/decide.ts';
import { createHandler } from '#functions/event-log/handler.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { runs } from '../../runs.ts';
import {
  chain,
  committed,
  delivery,
  deployed,
  fromJson,
  imageOf,
  requested,
  revision,
} from '../deploy-notifier/chain.ts';
import { config, context, openTable, type TestTable, table } from '../deploy-notifier/world.ts';

const runtime: Runtime = {
  name: 'event-log',
  logger: new Logger({ logLevel: 'SILENT' }),
  metrics: new Metrics({ namespace: 'Fairlead', serviceName: 'event-log' }),
  publish: async () => {
    throw new Error('fake: the log publishes nothing');
  },
  once: (_id, _context, effect) => effect(),
};

describe('the fact that an event brings', () => {
  const place = { service: 'checkout', environment: 'staging', target: 'app' };
  const image = { chain, image: imageOf('checkout'), revision };

  it('is what is asked for, once it is in Git', () => {
    const event = committed(125);
    const since = '2026-03-02T09:32:05.000Z';
    expect(decide(event)).toEqual({ ...place, fact: 'asked', image: { ...image, event: event.id, since } });
  });

  it.each([true, false])('is what runs, for the first image as for every other (first: %s)', (first) => {
    const event = deployed(171, {}, first);
    const since = '2026-03-02T09:32:51.000Z';
    expect(decide(event)).toEqual({ ...place, fact: 'deployed', image: { ...image, event: event.id, since } });
  });

  it('has its time in the format that compares as text', () => {
    expect(decide({ ...committed(125), time: '2026-03-02T11:32:05+02:00' })?.image.since).toBe(
      '2026-03-02T09:32:05.000Z',
    );
  });

  it('is none for what is only wished', () => {
    expect(decide(requested(119))).toBeUndefined();
  });
});

describe('the log', () => {
  let database: TestTable;
  beforeAll(async () => {
    database = await openTable();
  });
  afterAll(() => database.close());

  const createLog = () => {
    const deliveries = createDeliveries(database.document, table);
    const handler = createHandler({ runtime, config: async () => config, deliveries });
    const log = (event: AnyEvent) => handler({ detail: event }, context);
    return { deliveries, log };
  };

  it('says when an event is there already', async () => {
    const { log } = createLog();
    const [event] = fromJson([committed(900)]);
    expect(await log(event!)).toEqual({ published: [] });
    expect(await log(event!)).toEqual({ published: [], skipped: 'it is in the log already' });
  });

  it('records what an event brings also where somebody else has appended it', async () => {
    const { deliveries, log } = createLog();
    const [event] = fromJson([deployed(171, { service: 'cart' })]);
    await deliveries.append(event!);
    expect(await log(event!)).toEqual({ published: [] });
    expect(await deliveries.deployment('cart', 'staging', 'app')).toMatchObject({ deployed: { event: event!.id } });
  });

  it('keeps the newest of what is asked for and deployed, each event once, in any order and number of copies', async () => {
    const times = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 4 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(times, times, fc.infiniteStream(fc.nat()), async (asked, ran, random) => {
        run += 1;
        const service = `service-${run}`;
        const events = fromJson([
          ...delivery(service).slice(1, 4),
          ...asked.map((seconds) => committed(seconds, { service })),
          ...ran.map((seconds) => deployed(seconds, { service })),
        ]);
        const copies = events.flatMap((event) => Array.from({ length: 1 + (random.next().value % 3) }, () => event));
        const shuffled = copies.map((event) => [random.next().value, event] as const).sort(([a], [b]) => a - b);
        const { deliveries, log } = createLog();
        await Promise.all(shuffled.map(([, event]) => log(event)));

        const logged = (await deliveries.chain(chain)).filter((event) => event.service === service);
        expect(logged.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
        expect(await deliveries.deployment(service, 'staging', 'app')).toMatchObject({
          asked: { event: committed(Math.max(...asked), { service }).id },
          deployed: { event: deployed(Math.max(...ran), { service }).id },
        });
      }),
      { numRuns: runs(8, 60) },
    );
  });
});
