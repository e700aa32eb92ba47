import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeCommit, takeObservation } from '#functions/argocd-webhook/join.ts';
import { createRecords, type Records } from '#functions/argocd-webhook/records.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { at, commitOf, configOf, observationOf, referenceOf } from './world.ts';

let dynamodb: Dynamodb;
let records: Records;
beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  records = createRecords(dynamodb.documentClient, 'DeliveriesTable');
});
afterAll(() => dynamodb.close());

describe('the records of an application', () => {
  test('hold each observation once, and find those since a moment', async () => {
    const application = 'eu/once';
    const early = observationOf({ application, seconds: 10 });
    const late = observationOf({ application, seconds: 500 });
    const bad = observationOf({ application, seconds: 300, status: 'Degraded' });
    for (const one of [late, early, bad, early, late]) await records.addObservation(one);
    expect(await records.observations(application, at(0))).toEqual([early, late, bad]);
    expect(await records.observations(application, at(300))).toEqual([late, bad]);
    expect(await records.troubles(application, at(0))).toEqual([bad]);
    expect(await records.observations('eu/other', at(0))).toEqual([]);
  });

  test('hold commits without their diffs, and what was said of them', async () => {
    const application = 'eu/said';
    const commit = commitOf();
    await records.addCommit(application, commit);
    await records.markSaid(application, commit, 'event-1');
    await records.addCommit(application, commit); // again: what was said stays
    await records.markSaid(application, commit, 'event-2');
    const [known, ...more] = await records.commits(application, at(0));
    expect(more).toEqual([]);
    expect(known?.commit).toMatchObject({ id: commit.id, data: { customData: { diff: '' } } });
    expect(known?.said).toEqual(new Set(['event-1', 'event-2']));
    expect(await records.commits(application, at(1))).toEqual([]);
  });

  test('remember nothing of a commit that is not there', async () => {
    await records.markSaid('eu/nothing', commitOf(), 'event-1');
    expect(await records.commits('eu/nothing', at(-1000))).toEqual([]);
  });

  test('are read page by page', async () => {
    const application = 'eu/pages';
    const images = Array.from({ length: 300 }, (_, index) => `registry.acme.dev/${'x'.repeat(200)}:${index}`);
    const observations = Array.from({ length: 20 }, (_, index) =>
      observationOf({ application, seconds: index, images }),
    );
    for (const one of observations) await records.addObservation(one);
    expect(await records.observations(application, at(0))).toHaveLength(20); // 1.3 MB, and a page has 1 MB
  });
});

describe('the join in the table', () => {
  const both = ['eu/shop', 'us/shop'];
  const config = configOf({ checkout: both });
  const drain = async (events: AsyncGenerator<{ type: string }, { skipped?: string }>) => {
    const types: string[] = [];
    for (;;) {
      const next = await events.next();
      if (next.done) return { types, skipped: next.value.skipped };
      types.push(next.value.type.split('.').slice(2, 4).join('.'));
    }
  };

  test('finds a deployment with whatever comes last, and once', async () => {
    const [eu, us] = both.map((application) => observationOf({ application }));
    if (!eu || !us) throw new Error('two');
    expect((await drain(takeObservation(records, config, us))).skipped).toMatch(
      /^revision [0-9a-f]{40} of us\/shop is not ours/,
    );
    const commit = commitOf();
    expect((await drain(takeCommit(records, config, commit))).types).toEqual([
      'pipelinerun.started',
      'pipelinerun.finished',
    ]);
    expect((await drain(takeObservation(records, config, eu))).types).toEqual([
      'pipelinerun.started',
      'pipelinerun.finished',
      'service.upgraded',
    ]);
    for (const again of [eu, us]) {
      expect(await drain(takeObservation(records, config, again))).toEqual({
        types: [],
        skipped: `nothing new follows from ${again.application} being Synced and Healthy`,
      });
    }
    expect((await drain(takeCommit(records, config, commit))).types).toEqual([]);
  });

  test('tells a second incident of one sync, where Argo CD keeps no times', async () => {
    const alone = configOf({ billing: ['eu/billing'] });
    const revision = commitOf().data.subject.content.gitops.revision;
    await drain(takeCommit(records, alone, commitOf({ service: 'billing', revision })));
    const told: string[] = [];
    for (const [index, status] of ['Degraded', 'Healthy', 'Degraded', 'Degraded', 'Healthy'].entries()) {
      const images = [referenceOf('billing', 'v1')];
      const observation = observationOf({ application: 'eu/billing', seconds: 100 + index * 10, status, images });
      told.push(...(await drain(takeObservation(records, alone, observation))).types);
    }
    expect(told.filter((type) => type.startsWith('incident'))).toEqual([
      'incident.detected',
      'incident.resolved',
      'incident.detected',
      'incident.resolved',
    ]);
  });

  test("leaves alone what is nobody's", async () => {
    const stranger = observationOf({ application: 'eu/stranger' });
    expect((await drain(takeObservation(records, config, stranger))).skipped).toBe(
      'no environment has the application eu/stranger',
    );
    expect(await records.observations('eu/stranger', at(0))).toEqual([]);
    expect((await drain(takeCommit(records, config, commitOf({ service: 'ledger' })))).skipped).toBe(
      'no application of Argo CD serves ledger/staging/app',
    );
  });
});
