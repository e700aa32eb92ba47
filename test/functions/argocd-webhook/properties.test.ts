import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { takeCommit, takeObservation } from '#functions/argocd-webhook/join.ts';
import type { Records } from '#functions/argocd-webhook/records.ts';
import { runs } from '../../runs.ts';
import { type History, moves, play, services } from './history.ts';
import { configOf, createFakeRecords } from './world.ts';

const config = configOf(services);

type Arrival = { readonly kind: 'commit' | 'observation'; readonly index: number };

const arrivalsOf = ({ commits, observations }: History): Arrival[] => [
  ...commits.map((_, index): Arrival => ({ kind: 'commit', index })),
  ...observations.map((_, index): Arrival => ({ kind: 'observation', index })),
];

const take = (records: Records, history: History, { kind, index }: Arrival): AsyncGenerator<AnyEvent, unknown> => {
  const commit = history.commits[index];
  const observation = history.observations[index];
  if (kind === 'commit' && commit) return takeCommit(records, config, commit);
  if (kind === 'observation' && observation) return takeObservation(records, config, observation);
  throw new Error('no such arrival');
};

const collect = async (generator: AsyncGenerator<AnyEvent, unknown>, events: AnyEvent[]): Promise<void> => {
  for await (const event of generator) events.push(event);
};

const deliver = async (history: History, arrivals: readonly Arrival[]): Promise<AnyEvent[]> => {
  const records = createFakeRecords();
  const events: AnyEvent[] = [];
  for (const arrival of arrivals) await collect(take(records, history, arrival), events);
  return events;
};

const idsOf = (events: readonly AnyEvent[]): string[] => [...new Set(events.map(({ id }) => id))].sort();

/** Everything one to three times, in any order. */
const shuffled = (arrivals: readonly Arrival[]): fc.Arbitrary<Arrival[]> =>
  fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: arrivals.length, maxLength: arrivals.length })
    .map((times) => arrivals.flatMap((arrival, index) => Array.from({ length: times[index] ?? 1 }, () => arrival)))
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

const scenario = fc
  .tuple(moves, fc.boolean())
  .map(([played, tells]) => play(played, tells))
  .chain((history) => shuffled(arrivalsOf(history)).map((arrivals) => ({ history, arrivals })));

describe('whatever the order of arrival', () => {
  test('the same events are told', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ history, arrivals }) => {
        const inOrder = await deliver(history, arrivalsOf(history));
        const events = await deliver(history, arrivals);
        expect(idsOf(events)).toEqual(idsOf(inOrder));
      }),
      { numRuns: runs(6, 100) },
    );
  });

  test('arrivals at the same time together tell all that there is to tell', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), async ({ history, arrivals }, scheduler) => {
        const records = createFakeRecords();
        const slow: Records = {
          addObservation: scheduler.scheduleFunction(records.addObservation),
          addCommit: scheduler.scheduleFunction(records.addCommit),
          commits: scheduler.scheduleFunction(records.commits),
          observations: scheduler.scheduleFunction(records.observations),
          troubles: scheduler.scheduleFunction(records.troubles),
          markSaid: scheduler.scheduleFunction(records.markSaid),
        };
        const events: AnyEvent[] = [];
        const all = Promise.all(arrivals.map((arrival) => collect(take(slow, history, arrival), events)));
        await scheduler.waitFor(all);
        expect(idsOf(events)).toEqual(idsOf(await deliver(history, arrivalsOf(history))));
      }),
      { numRuns: runs(4, 40) },
    );
  });

  test('a crash between an event and its record repeats the event, and nothing is missing', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.uniqueArray(fc.nat(60)), async ({ history, arrivals }, crashes) => {
        const records = createFakeRecords();
        const events: AnyEvent[] = [];
        let marks = 0;
        const crashing: Records = {
          ...records,
          markSaid: async (...given) => {
            marks += 1;
            if (crashes.includes(marks)) throw new Error('fake: crashed');
            await records.markSaid(...given);
          },
        };
        for (const arrival of arrivals) {
          const tryIt = () =>
            collect(take(crashing, history, arrival), events).then(
              () => true,
              () => false,
            );
          while (!(await tryIt()));
        }
        expect(idsOf(events)).toEqual(idsOf(await deliver(history, arrivalsOf(history))));
      }),
      { numRuns: runs(6, 100) },
    );
  });
});

describe('what is told', () => {
  test('as deployed ran in every application of its environment', async () => {
    let deployments = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ history, arrivals }) => {
        for (const event of await deliver(history, arrivals)) {
          if (!/service\.(deployed|upgraded)/.test(event.type)) continue;
          deployments += 1;
          const cause = event.data.context.links?.[0]?.from.contextId;
          const commit = history.commits.find(({ id }) => id === cause);
          if (!commit) throw new Error('a deployment without a commit');
          for (const application of services[commit.service ?? ''] ?? []) {
            if (commit.data.subject.content.changed) expect(history.ran(commit, application)).toBe(true);
          }
        }
      }),
      { numRuns: runs(10, 100) },
    );
    expect(deployments).toBeGreaterThan(5);
  });

  test('as resolved was detected, and nobody is blamed whose image did not change', async () => {
    let incidents = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ history, arrivals }) => {
        const events = await deliver(history, arrivals);
        const detected = events.filter(({ type }) => type.includes('incident.detected'));
        incidents += detected.length;
        for (const { subject, type } of events) {
          if (type.includes('incident.resolved')) expect(detected.some((one) => one.subject === subject)).toBe(true);
        }
        for (const { service, data } of detected) {
          expect(data.customData.changedTogether).toContain(service);
          const commit = history.commits.find(({ id }) => id === data.context.links?.[0]?.from.contextId);
          expect(commit?.data.subject.content.changed).toBe(true);
        }
      }),
      { numRuns: runs(10, 100) },
    );
    expect(incidents).toBeGreaterThan(5);
  });
});
