import fc from 'fast-check';
import type { Commit } from '#functions/argocd-webhook/evidence.ts';
import type { Observation } from '#functions/argocd-webhook/observation.ts';
import { at, commitOf, referenceOf, revisionOf } from './world.ts';

/*
 * A model of what may happen: services that share applications, one Git branch, and clusters that sync to its head. It makes
 * the commits and observations, and knows what really ran.
 */

export const services: Readonly<Record<string, readonly string[]>> = {
  checkout: ['eu/checkout'],
  ledger: ['eu/platform', 'us/platform'],
  billing: ['eu/platform', 'us/platform'],
};

const applications = [...new Set(Object.values(services).flat())];

type Move =
  | { readonly kind: 'commit'; readonly service: string; readonly tag: string }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'sync'; readonly application: string; readonly ends: 'well' | 'degraded' | 'failed' | 'never' }
  | { readonly kind: 'health'; readonly application: string; readonly status: 'Healthy' | 'Degraded' | 'Progressing' };

const application = fc.constantFrom(...applications);

const service = fc.constantFrom(...Object.keys(services));
const tag = fc.constantFrom('v1', 'v2', 'v3');
const ends = fc.constantFrom(
  'well' as const,
  'well' as const,
  'degraded' as const,
  'failed' as const,
  'never' as const,
);
const status = fc.constantFrom('Healthy' as const, 'Degraded' as const, 'Progressing' as const);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), service, tag }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const), application, ends }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('health' as const), application, status }) },
);

/** A commit that is synced everywhere, as it mostly goes. */
const delivery: fc.Arbitrary<Move[]> = fc
  .tuple(service, tag, ends)
  .map(([name, newTag, end]) => [
    { kind: 'commit', service: name, tag: newTag },
    ...(services[name] ?? []).map((where): Move => ({ kind: 'sync', application: where, ends: end })),
  ]);

export const moves: fc.Arbitrary<Move[]> = fc
  .array(
    fc.oneof(
      move.map((one) => [one]),
      delivery,
    ),
    { minLength: 1, maxLength: 15, size: 'max' },
  )
  .map((played) => played.flat());

interface Cluster {
  /** What Git wanted when it was synced last: tags by service. */
  wanted: Readonly<Record<string, string>>;
  /** Pods of the last sync but one may linger. */
  previous: Readonly<Record<string, string>>;
  observation: Observation;
  /** Whether it is really synced, and well. */
  isWell: boolean;
}

export interface History {
  readonly commits: readonly Commit[];
  readonly observations: readonly Observation[];
  /** Whether an application ever ran a commit's image, well, at or after the commit. */
  readonly ran: (commit: Commit, application: string) => boolean;
}

const imagesOf = (...wanted: readonly Readonly<Record<string, string>>[]): string[] => [
  ...new Set(wanted.flatMap((one) => Object.entries(one).map(([service, tag]) => referenceOf(service, tag)))),
];

const servedBy = (name: string, tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).filter(([service]) => services[service]?.includes(name)));

/** Plays the moves, ten seconds each. `tells`: Argo CD says which images a sync wanted. */
export const play = (played: readonly Move[], tells: boolean): History => {
  let head = revisionOf('start');
  let tags: Record<string, string> = { checkout: 'v0', ledger: 'v0', billing: 'v0' };
  const commits: Commit[] = [];
  const observations: Observation[] = [];
  const well: { application: string; time: number; images: readonly string[] }[] = [];
  const clusters = new Map(
    applications.map((name): [string, Cluster] => {
      const wanted = servedBy(name, tags);
      const observation: Observation = {
        application: name,
        observedAt: at(-1000),
        revisions: [head],
        sync: 'Synced',
        health: { status: 'Healthy', message: '' },
        operation: {
          phase: 'Succeeded',
          message: '',
          startedAt: at(-1000),
          finishedAt: at(-990),
          revisions: [head],
          images: tells ? imagesOf(wanted) : [],
        },
        deployments: [at(-1000)],
        images: imagesOf(wanted),
      };
      return [name, { wanted, previous: wanted, observation, isWell: true }];
    }),
  );

  const observe = (cluster: Cluster, time: number, change: Partial<Observation>): void => {
    cluster.observation = { ...cluster.observation, ...change, observedAt: at(time) };
    observations.push(cluster.observation);
  };
  const healthAt = (time: number, status: string) => ({
    status,
    message: '',
    since: at(time),
  });

  const sync = (name: string, cluster: Cluster, time: number, ends: 'well' | 'degraded' | 'failed' | 'never'): void => {
    const operation = { phase: 'Running', message: '', startedAt: at(time), revisions: [head], images: [] };
    // Early: Argo CD has compared, but the sync is under way, and what is seen is old.
    observe(cluster, time + 1, { revisions: [head], sync: 'OutOfSync', operation });
    if (ends === 'failed') {
      observe(cluster, time + 2, { operation: { ...operation, phase: 'Failed', finishedAt: at(time + 2) } });
      return;
    }
    cluster.previous = cluster.wanted;
    cluster.wanted = servedBy(name, tags);
    const images = imagesOf(cluster.previous, cluster.wanted);
    observe(cluster, time + 3, {
      sync: 'Synced',
      operation: {
        ...operation,
        phase: 'Succeeded',
        finishedAt: at(time + 2),
        images: tells ? imagesOf(cluster.wanted) : [],
      },
      deployments: [...cluster.observation.deployments, at(time)].slice(-10),
      images,
      health: healthAt(time + 3, 'Progressing'),
    });
    cluster.isWell = ends === 'well';
    if (ends === 'never') return;
    if (ends === 'well') well.push({ application: name, time: time + 5, images: imagesOf(cluster.wanted) });
    observe(cluster, time + 5, { health: healthAt(time + 5, ends === 'well' ? 'Healthy' : 'Degraded') });
  };

  for (const [index, move] of played.entries()) {
    const time = index * 10;
    if (move.kind === 'foreign') head = revisionOf(`foreign ${index}`);
    if (move.kind === 'commit') {
      const { service, tag } = move;
      const changed = tags[service] !== tag;
      if (changed) head = revisionOf(`commit ${index}`);
      tags = { ...tags, [service]: tag };
      const first = !commits.some((commit) => commit.service === service);
      commits.push(commitOf({ service, tag, seconds: time, revision: head, changed, first }));
    }
    if (move.kind === 'sync') {
      const cluster = clusters.get(move.application);
      if (cluster) sync(move.application, cluster, time, move.ends);
    }
    if (move.kind === 'health') {
      const cluster = clusters.get(move.application);
      if (!cluster || cluster.observation.health.status === move.status) continue;
      cluster.isWell = move.status === 'Healthy';
      if (cluster.isWell) well.push({ application: move.application, time, images: imagesOf(cluster.wanted) });
      observe(cluster, time, { health: healthAt(time, move.status) });
    }
  }

  return {
    commits,
    observations,
    ran: (commit, name) => {
      const { image } = commit.data.subject.content;
      // What ran already when a commit changed nothing runs on.
      const runsOn = !commit.data.subject.content.changed;
      return well.some(
        ({ application: where, time, images }) =>
          where === name &&
          images.includes(`${image.repository}:${image.tag}`) &&
          (runsOn || Date.parse(at(time)) >= Date.parse(commit.time)),
      );
    },
  };
};
