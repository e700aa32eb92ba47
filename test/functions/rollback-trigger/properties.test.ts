import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollbackWithheld } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { runs } from '../../runs.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { checkout, imageOf, requested } from './deployment.ts';
import { simulate } from './simulation.ts';

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

const story = fc.record({
  /** In the order in which they are asked for, which need not be the order of their commits. */
  versions: fc.shuffledSubarray([2, 3, 4, 5], { minLength: 1 }),
  bad: fc.subarray([2, 3, 4, 5]),
  /** How much happens between one request and the next. */
  pauses: fc.array(fc.nat({ max: 40 }), { minLength: 4, maxLength: 4 }),
  random: fc.infiniteStream(fc.nat()),
});

type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

/** One that surely goes back, so that the properties of a way back are never those of nothing. */
const certain: Story = {
  versions: [2],
  bad: [2],
  pauses: [40, 40, 40, 40],
  random: fc.stream(
    (function* () {
      for (let at = 1; ; at = (at * 48_271) % 2_147_483_647) yield at;
    })(),
  ),
};

const play = async ({ versions, bad, pauses, random }: Story) => {
  number += 1;
  const place = { ...checkout, service: `checkout-${number}` };
  const failing = new Set(bad);
  const simulation = simulate({ deliveries, place, bad: failing, random: () => random.next().value ?? 0 });
  await simulation.request(requested(1, 60, place), 0);
  await simulation.settle(); // the first is good, and is proven before anything else comes
  for (const [index, version] of versions.entries())
    await simulation.request(requested(version, 400 + version * 60, place), pauses[index] ?? 0);
  await simulation.settle();
  return { ...simulation, place, newest: Math.max(...versions), isBad: (version: number) => failing.has(version) };
};

const versionOf = (tag: string | undefined): number => Number(tag?.split('-')[1]);

describe('whatever the order, the copies and the crashes', () => {
  it('a deployment is rolled back once, Git ends with the newest image or a proven one, and nothing held comes back', async () => {
    let rollbacks = 0;
    await fc.assert(
      fc.asyncProperty(story, async (one) => {
        const { git, published, place, newest, isBad } = await play(one);

        const requests = published
          .filter(imageRequested.is)
          .filter(({ data }) => data.subject.content.reason === 'rollback');
        const bytes = new Map<string, Set<string>>();
        for (const request of requests) {
          const [link] = request.data.context.links ?? [];
          const all = bytes.get(link!.from.contextId) ?? new Set();
          bytes.set(link!.from.contextId, all.add(JSON.stringify(request)));
        }
        for (const all of bytes.values()) expect(all.size).toBe(1);

        const back = git.commits
          .map(({ subject }) => /\(was (.*)\)$/.exec(subject)?.[1])
          .filter((tag) => tag !== undefined);
        expect(new Set(back).size).toBe(back.length);
        for (const tag of back) expect(isBad(versionOf(tag))).toBe(true);
        rollbacks += back.length;
        const events = git.commits.flatMap((commit) => commit.events);
        expect(new Set(events).size).toBe(events.length);

        const lock = git.locked();
        expect(lock?.newest.tag).toBe(imageOf(newest, place).tag);
        expect(lock?.current.tag).toBe(git.tag());
        expect(lock?.holds.map(({ digest }) => digest)).not.toContain(lock?.current.digest);
        if (!isBad(newest)) expect(git.tag()).toBe(imageOf(newest, place).tag);
        else {
          expect(lock?.holds.map(({ digest }) => digest)).toContain(imageOf(newest, place).digest);
          expect(isBad(versionOf(git.tag()))).toBe(false);
        }
        const { verified } = (await deliveries.deployment(place.service, place.environment, place.target)) ?? {};
        expect(verified?.image).toEqual(lock?.current);
        expect(published.filter(rollbackWithheld.is)).toEqual([]);
      }),
      { numRuns: runs(6, 100), examples: [[certain]] },
    );
    expect(rollbacks).toBeGreaterThan(0);
  }, 120_000);
});
