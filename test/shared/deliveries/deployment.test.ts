import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deriveId } from '#events/identity.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import type { DeploymentChange } from '#shared/deliveries/deployment.ts';
import { image, push, revision } from '../../events/examples.ts';
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

/** A service of its own for each test: all of them share the table. */
let number = 0;

beforeEach(() => {
  number += 1;
});

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();

describe('a deployment', () => {
  const change = (
    fact: DeploymentChange['fact'],
    since: string,
    more: { service?: string; tag?: string } = {},
  ): DeploymentChange => ({
    service: more.service ?? `deployment-${number}`,
    environment: 'staging',
    target: 'app',
    fact,
    image: {
      image: { ...image, tag: more.tag ?? `at-${Date.parse(since)}` },
      chain: push.data.context.chainId,
      event: deriveId(fact, since),
      since,
      revision,
    },
  });

  const read = (service = `deployment-${number}`) => deliveries.deployment(service, 'staging', 'app');

  test('is unknown until something is recorded', async () => {
    expect(await read()).toBe(undefined);
    const { image: asked } = change('asked', at(1));
    expect(await deliveries.record(change('asked', at(1)))).toBe(true);
    expect(await read()).toEqual({ asked });
  });

  test('keeps each fact by itself', async () => {
    for (const [fact, second] of [
      ['asked', 3],
      ['deployed', 2],
      ['verified', 1],
    ] as const)
      expect(await deliveries.record(change(fact, at(second)))).toBe(true);
    expect(await read()).toMatchObject({
      asked: { since: at(3) },
      deployed: { since: at(2) },
      verified: { since: at(1) },
    });
  });

  test('takes what is newer only', async () => {
    expect(await deliveries.record(change('deployed', at(5)))).toBe(true);
    expect(await deliveries.record(change('deployed', at(4), { tag: 'older' }))).toBe(false);
    expect(await deliveries.record(change('deployed', at(5), { tag: 'again' }))).toBe(false);
    expect(await read()).toEqual({ deployed: change('deployed', at(5)).image });
    expect(await deliveries.record(change('deployed', at(6)))).toBe(true);
  });

  test('comes to the same whatever the order and however often facts arrive, many at once', async () => {
    let run = 0;
    const fact = fc.constantFrom('asked', 'deployed', 'verified');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fact, fc.nat({ max: 20 })), { minLength: 1, maxLength: 10 }),
        async (facts) => {
          run += 1;
          const service = `any-${number}-${run}`;
          await Promise.all(facts.map(([name, second]) => deliveries.record(change(name, at(second), { service }))));
          const wanted = Object.fromEntries(
            facts
              .toSorted(([, a], [, b]) => a - b)
              .map(([name, second]) => [name, change(name, at(second), { service }).image]),
          );
          expect(await read(service)).toEqual(wanted);
        },
      ),
      { numRuns: runs(8, 60) },
    );
  });
});
