import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { createHandler } from '#functions/event-log/handler.ts';
import type { Config } from '#shared/config/config.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { runs } from '../../runs.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import {
  at,
  checkout,
  committed,
  configOf,
  deployed,
  fromBus,
  imageOf,
  type Place,
  tested,
} from '../rollback-trigger/deployment.ts';
import { context, runtimeOf } from '../rollback-trigger/runtime.ts';

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

/** A service of its own, with checks unless told otherwise. */
const createLog = ({ smoke = true, configured = true } = {}) => {
  number += 1;
  const place: Place = { ...checkout, service: `checkout-${number}` };
  const whole = configOf(configured ? { [place.service]: {} } : {});
  const config: Config = smoke
    ? whole
    : {
        ...whole,
        services: whole.services.map((service) => ({
          ...service,
          environments: service.environments.map((environment) => ({ ...environment, smoke: [] })),
        })),
      };
  const handler = createHandler({
    runtime: runtimeOf('event-log', async () => undefined),
    config: async () => config,
    deliveries,
  });
  return {
    place,
    log: (event: AnyEvent) => handler({ detail: fromBus(event) }, context),
    verified: async () => (await deliveries.deployment(place.service, place.environment, place.target))?.verified,
  };
};

const deploymentOf = (place: Place, version: number, seconds: number, back?: number) => {
  const commit = committed(version, seconds, { place, ...(back !== undefined && { back }) });
  const running = deployed(commit, seconds + 30);
  return { commit, running };
};

describe('an image is verified', () => {
  it.each([
    ['once its suite passed', (events: readonly AnyEvent[]) => events],
    [
      'also where the end of the suite is logged before the deployment',
      (events: readonly AnyEvent[]) => events.toReversed(),
    ],
  ])('%s', async (_when, inTurn) => {
    const { place, log, verified } = createLog();
    const { commit, running } = deploymentOf(place, 1, 100);
    const passed = tested(running, 160, 'success');
    const [first, second] = inTurn([running, passed]);
    await log(first!);
    expect(await verified()).toBeUndefined();
    await log(second!);
    expect(await verified()).toEqual({
      image: imageOf(1, place),
      chain: commit.data.context.chainId,
      event: passed.id,
      since: at(130),
      revision: running.data.customData.revision,
    });
  });

  it('also where somebody else has appended the end of its suite', async () => {
    const { place, log, verified } = createLog();
    const { running } = deploymentOf(place, 1, 100);
    await deliveries.append(fromBus(tested(running, 160, 'success')));
    await log(running);
    expect(await verified()).toMatchObject({ image: imageOf(1, place) });
  });

  it.each(['failure', 'error'] as const)('not by a suite that ends in %s', async (outcome) => {
    const { place, log, verified } = createLog();
    const { running } = deploymentOf(place, 1, 100);
    await log(running);
    await log(tested(running, 160, outcome));
    expect(await verified()).toBeUndefined();
  });

  it('by its health alone where nothing is tested, whatever brought it', async () => {
    const { place, log, verified } = createLog({ smoke: false });
    const { running } = deploymentOf(place, 2, 100);
    await log(running);
    expect(await verified()).toMatchObject({ image: imageOf(2, place), event: running.id });
    const { running: restored } = deploymentOf(place, 1, 200, 2);
    await log(restored);
    expect(await verified()).toMatchObject({ image: imageOf(1, place), event: restored.id, since: at(230) });
  });

  it('by nothing where it is not configured any more', async () => {
    const { place, log, verified } = createLog({ configured: false });
    await log(deploymentOf(place, 1, 100).running);
    expect(await verified()).toBeUndefined();
  });

  it('never again by an older deployment, in whatever order suites end and events arrive, and however often', async () => {
    const deployments = fc.uniqueArray(
      fc.record({ second: fc.nat({ max: 500 }), took: fc.nat({ max: 900 }), passes: fc.boolean() }),
      { minLength: 1, maxLength: 4, selector: ({ second }) => second },
    );
    await fc.assert(
      fc.asyncProperty(deployments, fc.infiniteStream(fc.nat()), async (all, random) => {
        const { place, log, verified } = createLog();
        const events = all.flatMap(({ second, took, passes }) => {
          const { commit, running } = deploymentOf(place, second, second);
          return [commit, running, tested(running, second + 30 + took, passes ? 'success' : 'failure')];
        });
        const copies = events.flatMap((event) => Array.from({ length: 1 + (random.next().value % 3) }, () => event));
        const shuffled = copies.map((event) => [random.next().value, event] as const).sort(([a], [b]) => a - b);
        await Promise.all(shuffled.map(([, event]) => log(event)));
        const last = all
          .filter(({ passes }) => passes)
          .sort((a, b) => a.second - b.second)
          .at(-1);
        const state = await verified();
        expect(state?.since).toBe(last && at(last.second + 30));
        expect(state?.image).toEqual(last && imageOf(last.second, place));
      }),
      { numRuns: runs(6, 60) },
    );
  });
});
