import { describe, expect, test } from 'vitest';
import { decide } from '#functions/argocd-webhook/decide.ts';
import type { Commit } from '#functions/argocd-webhook/evidence.ts';
import { degradedSince, type Observation } from '#functions/argocd-webhook/observation.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { at, commitOf, observationOf, referenceOf, revisionOf } from './world.ts';

const decideOn = (
  commits: readonly Commit[],
  observations: readonly Observation[],
  applications: readonly string[] = ['eu/checkout'],
) => {
  const events = decide({
    commits: commits.map((commit) => ({ commit, said: new Set() })),
    observations,
    applicationsOf: () => applications,
    pageOf: (application) => `https://argocd.acme.dev/applications/${application.split('/')[1]}`,
  }).map(({ event }) => event);
  for (const event of events) expectValidCdevent(event);
  return events;
};

const typesOf = (events: readonly { type: string }[]): string[] =>
  events.map(({ type }) => type.replace('dev.cdevents.', '').replace(/\.\d\.\d\.\d$/, ''));

const lasting = ['pipelinerun.started', 'pipelinerun.finished'];

describe('a deployment', () => {
  test('is told on the chain of its commit, with what it rests on', () => {
    const commit = commitOf();
    const events = decideOn([commit], [observationOf()]);
    expect(typesOf(events)).toEqual([...lasting, 'service.upgraded']);
    expect(events.at(-1)).toMatchObject({
      time: at(40),
      subject: 'checkout',
      service: 'checkout',
      environment: 'staging',
      team: 'pay',
      data: {
        context: { chainId: commit.data.context.chainId, links: [{ from: { contextId: commit.id } }] },
        subject: { content: { environment: { id: 'staging' } } },
        customData: { target: 'app', revision: revisionOf('checkout v1'), applications: ['eu/checkout'] },
      },
    });
  });

  test('of the first image deploys the service', () => {
    expect(typesOf(decideOn([commitOf({ first: true })], [observationOf()]))).toContain('service.deployed');
  });

  test('waits for every application of the environment', () => {
    const both = ['eu/checkout', 'us/checkout'];
    const eu = observationOf();
    const us = observationOf({ application: 'us/checkout', seconds: 200, begun: 150 });
    expect(typesOf(decideOn([commitOf()], [eu], both))).not.toContain('service.upgraded');
    expect(decideOn([commitOf()], [us, eu], both).find(({ subject }) => subject === 'checkout')).toMatchObject({
      time: at(160),
      data: { customData: { applications: both } },
    });
  });

  test('rests on the earliest proof, and happens after its cause', () => {
    const again = observationOf({ seconds: 900, begun: 800 });
    const early = observationOf({ begun: -20, seconds: 5 });
    expect(decideOn([commitOf()], [again, observationOf()]).at(-1)?.time).toBe(at(810));
    expect(decideOn([commitOf()], [again, observationOf()]).find(({ subject }) => subject === 'checkout')?.time).toBe(
      at(40),
    );
    expect(decideOn([commitOf()], [early]).find(({ subject }) => subject === 'checkout')?.time).toBe(at(0));
  });

  test('is not told without applications, or of other images', () => {
    expect(decideOn([commitOf()], [observationOf()], [])).toEqual([]);
    const observed = observationOf({ images: [referenceOf('checkout', 'v0')] });
    expect(typesOf(decideOn([commitOf()], [observed]))).toEqual(lasting);
  });

  test('that was told is not told again', () => {
    const commit = commitOf();
    const told = decideOn([commit], [observationOf()]).map(({ id }) => id);
    const facts = {
      observations: [observationOf()],
      applicationsOf: () => ['eu/checkout'],
      pageOf: () => 'https://a.dev',
    };
    expect(decide({ ...facts, commits: [{ commit, said: new Set(told) }] })).toEqual([]);
  });
});

describe('a sync', () => {
  test.each([
    ['Running', undefined],
    ['Succeeded', 'success'],
    ['Failed', 'failure'],
    ['Error', 'error'],
  ])('that is %s ends with %s', (phase, outcome) => {
    const events = decideOn([commitOf()], [observationOf({ phase, status: 'Progressing' })]);
    expect(events[0]).toMatchObject({
      type: 'dev.cdevents.pipelinerun.started.0.3.0',
      subject: `eu/checkout@${revisionOf('checkout v1')}`,
      time: at(30),
      data: { subject: { content: { uri: 'https://argocd.acme.dev/applications/checkout' } } },
    });
    const finished = events.find(({ type }) => type.includes('pipelinerun.finished'));
    expect(finished?.outcome).toBe(outcome);
  });

  test('of several commits is told on the chain of each', () => {
    const commits = [commitOf({ seconds: 5 }), commitOf({ service: 'ledger', seconds: 6 })];
    const last = commits[1]?.data.subject.content.gitops.revision ?? '';
    const observed = observationOf({ revisions: [last], deployments: [at(0)], phase: 'Running' });
    const events = decideOn(commits, [observed]);
    expect(events.map(({ service, subject }) => [service, subject])).toEqual([
      ['checkout', `eu/checkout@${last}`],
      ['ledger', `eu/checkout@${last}`],
    ]);
    expect(new Set(events.map(({ data }) => data.context.chainId)).size).toBe(2);
  });

  test("to somebody else's commit is nothing to us", () => {
    expect(decideOn([commitOf({ seconds: 100 })], [observationOf({ revisions: [revisionOf('else')] })])).toEqual([]);
  });

  test('of the same commit again is another', () => {
    const events = decideOn(
      [commitOf()],
      [observationOf({ phase: 'Failed' }), observationOf({ begun: 100, seconds: 120, status: 'Progressing' })],
    );
    expect(typesOf(events).filter((type) => type === 'pipelinerun.finished')).toHaveLength(2);
  });
});

describe('an incident', () => {
  const degraded = observationOf({ status: 'Degraded', since: 50 });
  const incidents = (events: ReturnType<typeof decideOn>) => events.filter(({ type }) => type.includes('incident'));

  test('is told when the image is there and degraded, and resolved when it is well later', () => {
    const [detected, ...none] = incidents(decideOn([commitOf()], [degraded]));
    expect(none).toEqual([]);
    expect(detected).toMatchObject({ time: at(50), data: { customData: { changedTogether: ['checkout'] } } });
    const events = incidents(decideOn([commitOf()], [degraded, observationOf({ seconds: 90 })]));
    expect(typesOf(events)).toEqual(['incident.detected', 'incident.resolved']);
    expect(events[0]?.id).toBe(detected?.id);
    expect(events[1]).toMatchObject({ subject: detected?.subject, time: at(90) });
  });

  test('is told when the sync failed, with what Argo CD said', () => {
    expect(incidents(decideOn([commitOf()], [observationOf({ phase: 'Failed' })]))).toMatchObject([
      { time: at(30), data: { subject: { content: { description: expect.stringContaining('failed to apply') } } } },
    ]);
  });

  test.each([
    ['before the image is there', { images: [referenceOf('checkout', 'v0')], status: 'Degraded' }],
    ['for what was degraded before the sync', { status: 'Degraded', since: 10 }],
    ["after somebody else's sync", { status: 'Degraded', revisions: [revisionOf('else')], deployments: [at(10)] }],
    ['while it progresses', { status: 'Progressing' }],
    ['when something is missing', { status: 'Missing' }],
  ])('is not told %s', (_, options) => {
    expect(incidents(decideOn([commitOf()], [observationOf(options)]))).toEqual([]);
  });

  test('blames only those whose image came by that sync, and names them all', () => {
    const ledger = commitOf({ service: 'ledger', seconds: 20 });
    const innocent = commitOf({ service: 'billing', seconds: -500 });
    const failed = observationOf({
      revisions: [ledger.data.subject.content.gitops.revision],
      deployments: [at(-100)],
      phase: 'Failed',
    });
    const told = incidents(decideOn([commitOf(), ledger, innocent], [failed]));
    expect(told.map(({ service }) => service).sort()).toEqual(['checkout', 'ledger']);
    for (const event of told) expect(event.data.customData.changedTogether).toEqual(['checkout', 'ledger']);
  });

  test('that comes twice to the same revision is told twice, and each is resolved', () => {
    const events = incidents(
      decideOn(
        [commitOf()],
        [
          degraded,
          observationOf({ seconds: 100 }),
          observationOf({ seconds: 200, status: 'Degraded', since: 190 }),
          observationOf({ seconds: 300 }),
        ],
      ),
    );
    expect(typesOf(events).sort()).toEqual([
      'incident.detected',
      'incident.detected',
      'incident.resolved',
      'incident.resolved',
    ]);
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(2);
  });

  test('is dated by what was seen of the same sync, where Argo CD does not date it', () => {
    const bad = (seconds: number, since?: number) =>
      observationOf({ seconds, status: 'Degraded', ...(since !== undefined && { since }) });
    const sinceOf = (others: Observation[]) => degradedSince(bad(120), others).health.since;
    expect(sinceOf([])).toBe(at(120));
    expect(sinceOf([bad(200, 200), bad(60, 60), bad(61, 60)])).toBe(at(60));
    expect(sinceOf([bad(60, 60), observationOf({ seconds: 100 })])).toBe(at(120));
    expect(sinceOf([observationOf({ seconds: 60, status: 'Degraded', since: 60, begun: 1 })])).toBe(at(120));
  });
});

describe('an application that is deleted', () => {
  test('removes its services, on the chain of the last commit', () => {
    const last = commitOf({ tag: 'v2', seconds: 10 });
    const observed = observationOf({ deletedAt: at(500), revisions: [revisionOf('else')], begun: null });
    expect(decideOn([commitOf(), last], [observed])).toMatchObject([
      {
        type: 'dev.cdevents.service.removed.0.3.0',
        time: at(500),
        subject: 'checkout',
        data: { context: { chainId: last.data.context.chainId }, customData: { application: 'eu/checkout' } },
      },
    ]);
  });
});
