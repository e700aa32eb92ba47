import { createHash } from 'node:crypto';
import { chainOf } from '#events/identity.ts';
import { purlOf } from '#events/image.ts';
import { imageCommitted } from '#events/images.ts';
import type { Commit } from '#functions/argocd-webhook/evidence.ts';
import type { Observation } from '#functions/argocd-webhook/observation.ts';
import type { Records } from '#functions/argocd-webhook/records.ts';
import type { Config, Environment, Service } from '#shared/config/config.ts';

const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

/** Seconds after nine o'clock. */
export const at = (seconds: number): string =>
  new Date(Date.parse('2026-07-01T09:00:00Z') + seconds * 1000).toISOString();

export const revisionOf = (name: string): string => createHash('sha1').update(name).digest('hex');

export const imageOf = (service: string, tag: string) => ({
  repository: `${registry}/${service}`,
  tag,
  digest: `sha256:${createHash('sha256').update(tag).digest('hex')}`,
});

export const referenceOf = (service: string, tag: string): string => `${registry}/${service}:${tag}`;

interface CommitOptions {
  service?: string;
  environment?: string;
  target?: string;
  tag?: string;
  revision?: string;
  seconds?: number;
  first?: boolean;
  changed?: boolean;
}

export const commitOf = (options: CommitOptions = {}): Commit => {
  const { service = 'checkout', environment = 'staging', target = 'app', tag = 'v1', seconds = 0 } = options;
  const { revision = revisionOf(`${service} ${tag}`), first = false, changed = true } = options;
  const image = imageOf(service, tag);
  return imageCommitted.reported({
    by: 'image-tag-updater',
    identity: [service, environment, target, tag, revision, String(seconds)],
    chain: chainOf('https://github.com/acme/shop', revision),
    time: at(seconds),
    subject: { id: `${service}/${environment}/${target}` },
    service,
    environment,
    team: 'pay',
    content: {
      service: { id: service },
      environment: { id: environment },
      target,
      artifactId: purlOf(image),
      image,
      order: { time: at(seconds), basis: 'commit' },
      reason: 'published',
      gitops: { name: 'main', files: ['values.yaml'], revision },
      first,
      changed,
    },
    custom: { actor: { name: 'octocat', by: 'github' }, diff: '-a\n+b\n' },
  });
};

interface ObservationOptions extends Partial<Omit<Observation, 'observedAt' | 'operation' | 'health'>> {
  seconds?: number;
  /** When the sync began; null for none. */
  begun?: number | null;
  phase?: string;
  operationRevision?: string;
  /** The images that the sync's manifests name; none where Argo CD does not tell. */
  wanted?: string[];
  status?: string;
  since?: number;
}

/** Synced to checkout's v1 and healthy, a minute after nine, unless told otherwise. */
export const observationOf = (options: ObservationOptions = {}): Observation => {
  const {
    seconds = 60,
    begun = 30,
    phase = 'Succeeded',
    status = 'Healthy',
    since,
    operationRevision,
    wanted = [],
    ...rest
  } = options;
  const revisions = rest.revisions ?? [revisionOf('checkout v1')];
  return {
    application: 'eu/checkout',
    observedAt: at(seconds),
    revisions,
    sync: 'Synced',
    health: { status, message: '', ...(since !== undefined && { since: at(since) }) },
    ...(begun !== null && {
      operation: {
        phase,
        message: phase === 'Failed' ? 'one or more objects failed to apply' : '',
        startedAt: at(begun),
        ...(phase !== 'Running' && { finishedAt: at(begun + 10) }),
        images: wanted,
        revisions: operationRevision === undefined ? [...revisions] : [operationRevision],
      },
    }),
    deployments: [],
    images: [referenceOf('checkout', 'v1')],
    ...rest,
  };
};

const environmentFor = (service: string, applications: readonly string[]): Environment => ({
  service,
  team: 'pay',
  name: 'staging',
  mode: 'write',
  gitops: 'main',
  edits: [{ path: service }],
  applications,
  pin: false,
  smoke: [],
  rollback: 'off',
  strategy: 'push',
});

/** Services with one environment, staging, and the applications that it has. */
export const configOf = (services: Readonly<Record<string, readonly string[]>>): Config => ({
  version: 'test',
  gitops: { main: { name: 'main', repository: 'https://github.com/acme/gitops.git', branch: 'main' } },
  argocd: {
    eu: { name: 'eu', url: 'https://argocd.eu.acme.dev/' },
    us: { name: 'us', url: 'https://argocd.us.acme.dev' },
  },
  teams: { pay: { name: 'pay', slack: '#pay' } },
  services: Object.entries(services).map(
    ([name, applications]): Service => ({
      name,
      team: 'pay',
      images: { app: `${registry}/${name}` },
      environments: [environmentFor(name, applications)],
    }),
  ),
  disabled: [],
});

/** A fake of the table that keeps the promises of the real one: conditional writes, consistent reads, by time. */
export const createFakeRecords = (): Records => {
  const observations = new Map<string, Observation>();
  const commits = new Map<string, { application: string; commit: Commit; said: Set<string> }>();
  const isSince = (time: string, since: string): boolean => Date.parse(time) >= Date.parse(since);
  const isTrouble = ({ health, operation }: Observation): boolean =>
    health.status === 'Degraded' || operation?.phase === 'Failed' || operation?.phase === 'Error';
  const seen = (application: string, since: string) =>
    [...observations.values()].filter((one) => one.application === application && isSince(one.observedAt, since));
  return {
    addObservation: async (observation) => {
      observations.set(JSON.stringify(observation), structuredClone(observation));
    },
    addCommit: async (application, commit) => {
      const key = `${application} ${commit.id}`;
      if (!commits.has(key)) commits.set(key, { application, commit, said: new Set() });
    },
    commits: async (application, since) =>
      [...commits.values()]
        .filter((one) => one.application === application && isSince(one.commit.time, since))
        .map(({ commit, said }) => ({ commit, said: new Set(said) })),
    observations: async (application, since) => seen(application, since),
    troubles: async (application, since) => seen(application, since).filter(isTrouble),
    markSaid: async (application, commit, event) => {
      commits.get(`${application} ${commit.id}`)?.said.add(event);
    },
  };
};
