import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { rollbackWithheld } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { incidentDetected } from '#events/services.ts';
import { createHandler as createEventLog } from '#functions/event-log/handler.ts';
import { createHandler } from '#functions/rollback-trigger/handler.ts';
import type { Config } from '#shared/config/config.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { at, committed, configOf, deployed, fromBus, imageOf, incident, type Place, tested } from './deployment.ts';
import { context, runtimeOf } from './runtime.ts';

let dynamodb: Dynamodb;
let deliveries: Deliveries;

beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
});

afterAll(async () => {
  await dynamodb.close();
});

let number = 0;

/** Services of their own for each test, and the functions around one table. */
const createWorld = (options: { together?: boolean } = {}) => {
  number += 1;
  const placeOf = (service: string): Place => ({ service, environment: 'staging', target: 'app' });
  const [place, neighbour] = [placeOf(`checkout-${number}`), placeOf(`ledger-${number}`)];
  const shared = options.together ? { application: `platform-${number}` } : {};
  const config: Config = configOf({ [place.service]: shared, [neighbour.service]: shared });
  const published: AnyEvent[] = [];
  const eventLog = createEventLog({
    runtime: runtimeOf('event-log', async () => undefined),
    config: async () => config,
    deliveries,
  });
  let now = Date.parse(at(400));
  const trigger = createHandler({
    runtime: runtimeOf('rollback-trigger', async (events) => {
      published.push(...events);
    }),
    config: async () => config,
    stage: 'dev',
    deliveries,
    verifiedGrace: 150_000,
    now: () => now,
  });
  return {
    place,
    neighbour,
    published,
    log: async (...events: readonly AnyEvent[]) => {
      for (const event of events) await eventLog({ detail: fromBus(event) }, context);
    },
    trigger: (event: AnyEvent) => trigger({ detail: fromBus(event) }, context),
    later: (seconds: number) => {
      now = Date.parse(at(seconds));
    },
  };
};

/** The first image is verified, the third fails. */
const failing = (place: Place) => {
  const [good, bad] = [committed(1, 100, { place, first: true }), committed(3, 300, { place })];
  const [before, running] = [deployed(good, 130), deployed(bad, 330)];
  const log = [good, before, tested(before, 160, 'success'), bad, running];
  return { bad, running, log, failure: tested(running, 360) };
};

describe('a suite that failed', () => {
  it('asks for the image whose suite passed', async () => {
    const { place, log, trigger, published } = createWorld();
    const { log: events, failure, bad } = failing(place);
    await log(...events);
    await trigger(failure);
    const [event, ...more] = published;
    expect(more).toEqual([]);
    expect(imageRequested.schema.parse(event).data.subject.content).toMatchObject({
      image: imageOf(1, place),
      expected: imageOf(3, place).digest,
    });
    expect(await deliveries.chain(bad.data.context.chainId)).toContainEqual(fromBus(event!));
  });

  it('is retried while the log lacks the deployment, or what put it there', async () => {
    const { place, log, trigger } = createWorld();
    const { log: events, failure, running } = failing(place);
    await expect(trigger(failure)).rejects.toThrow(`${running.id}, which is not in the log yet`);
    await log(...events.slice(0, 3), running);
    await expect(trigger(failure)).rejects.toThrow('not in the log yet');
    await log(...events);
    await expect(trigger(failure)).resolves.toMatchObject({ published: [expect.any(String)] });
  });

  it('is retried while nothing is verified, and a person is told once it stays so', async () => {
    const { place, log, trigger, later, published } = createWorld();
    const { log: events, failure } = failing(place);
    await log(...events.filter(({ type }) => type !== failure.type));
    await expect(trigger(failure)).rejects.toThrow('no image before main-3 is verified yet');
    later(360 + 150);
    await trigger(failure);
    expect(rollbackWithheld.schema.parse(published[0]).data.subject.content).toMatchObject({
      code: 'no-verified-image',
    });
  });

  it('has the same bytes whoever finds it, also when more has become known', async () => {
    const { place, log, trigger, published } = createWorld();
    const { log: events, failure, bad } = failing(place);
    await log(...events);
    await Promise.all([trigger(failure), trigger(incident(bad, 345)), trigger(incident(bad, 350)), trigger(failure)]);
    const two = committed(2, 200, { place });
    const before = deployed(two, 230);
    await log(two, before, tested(before, 260, 'success'));
    await trigger(incident(bad, 355));
    expect(published).toHaveLength(5);
    expect(new Set(published.map((event) => JSON.stringify(event))).size).toBe(1);
  });

  it('says again what it told a person, with the same bytes', async () => {
    const { place, log, trigger, published } = createWorld();
    const { log: events, bad, running } = failing(place);
    await log(...events);
    await trigger(tested(running, 360, 'error'));
    await trigger(incident(bad, 345, ['another']));
    expect(published.map(({ type }) => type)).toEqual([rollbackWithheld.type, rollbackWithheld.type]);
    expect(new Set(published.map((event) => JSON.stringify(event))).size).toBe(1);
  });
});

describe('two services in one application', () => {
  it('are not rolled back where both came by one sync', async () => {
    const { place, neighbour, log, trigger, published } = createWorld({ together: true });
    const { log: events, failure } = failing(place);
    const beside = committed(3, 290, { place: neighbour });
    await log(...events, beside, deployed(beside, 330));
    await trigger(failure);
    expect(rollbackWithheld.schema.parse(published[0]).data).toMatchObject({
      subject: { content: { code: 'changed-together' } },
      customData: { changedTogether: [neighbour.service], verified: imageOf(1, place) },
    });
  });

  it('are told apart where the other ran before, or changed after', async () => {
    const { place, neighbour, log, trigger, published } = createWorld({ together: true });
    const { log: events, failure } = failing(place);
    const [before, after] = [committed(2, 290, { place: neighbour }), committed(4, 350, { place: neighbour })];
    await log(...events, before, deployed(before, 310), after, deployed(after, 355));
    await trigger(failure);
    expect(published.map(({ type }) => type)).toEqual([imageRequested.type]);
  });
});

describe('nothing follows', () => {
  it.each([
    ['from a suite that passed', (place: Place) => tested(failing(place).running, 360, 'success'), 'the suite passed'],
    [
      'from an incident that is about none of our commits',
      (place: Place) => {
        const { bad } = failing(place);
        return incidentDetected.reported({
          by: 'somebody',
          identity: ['alarm'],
          chain: bad.data.context.chainId,
          time: at(345),
          subject: { id: 'alarm-7' },
          content: { environment: { id: 'staging' }, service: { id: place.service }, description: 'slow' },
          custom: { application: 'none', changedTogether: [] },
        });
      },
      'alarm-7 is about no commit of ours',
    ],
    [
      'where the place is not configured any more',
      (place: Place) => failing({ ...place, environment: 'gone' }).failure,
      'has no environment gone in the configuration',
    ],
  ])('%s', async (_what, eventOf, reason) => {
    const { place, log, trigger, published } = createWorld();
    await log(...failing(place).log, ...failing({ ...place, environment: 'gone' }).log);
    expect(await trigger(eventOf(place))).toMatchObject({ skipped: expect.stringContaining(reason) });
    expect(published).toEqual([]);
  });
});
