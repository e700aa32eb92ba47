import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { purlOf } from '#events/image.ts';
import {
  artifactPublished,
  imageCommitted,
  imageOffered,
  imageProposed,
  imageRefused,
  imageRequested,
  syncRequested,
} from '#events/images.ts';
import {
  pipelineRunFinished,
  pipelineRunQueued,
  pipelineRunStarted,
  taskRunFinished,
  taskRunStarted,
} from '#events/pipelines.ts';
import {
  configurationRefused,
  incidentDetected,
  incidentResolved,
  serviceDeployed,
  serviceRemoved,
  serviceUpgraded,
} from '#events/services.ts';
import { branchPushed } from '#events/source-control.ts';

export const repository = 'https://github.com/acme/shop';
export const commit = '3f2a9c1d4b5e6f708192a3b4c5d6e7f809112233';
export const revision = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
export const chain = chainOf(repository, commit);
const digest = `sha256:${'ab12'.repeat(16)}`;
const start = Date.parse('2026-03-02T09:30:00.000Z');

/** Seconds after the push. */
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

const actor = { name: 'Ada Lovelace', by: 'github' };
const commonOf = (service: string) => ({ chain, service, team: 'pay' });

export const imageOf = (service: string, target = 'app') => ({
  repository: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${service}${target === 'app' ? '' : `-${target}`}`,
  tag: `main-${commit}`,
  digest,
});

export const pushed = (message = 'Round totals half up') =>
  branchPushed.reported({
    by: 'github-webhook',
    identity: [repository, 'refs/heads/main', commit],
    chain,
    time: at(0),
    subject: { id: 'acme/shop@main', source: repository },
    content: { repository: { id: 'acme/shop', source: repository }, branch: 'main', commit, pushedAt: at(0) },
    custom: {
      actor,
      paths: { changed: ['apps/checkout/src/total.ts'], truncated: false },
      message,
      url: `${repository}/commit/${commit}`,
    },
  });

const runUri =
  'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/checkout/executions/e1/timeline';

const runOf = (service: string | undefined, execution: string) => ({
  by: service === undefined ? 'github-webhook' : 'codepipeline-events',
  chain,
  ...(service && commonOf(service)),
  subject: { id: execution },
  custom: {
    system: service === undefined ? ('github-actions' as const) : ('codepipeline' as const),
    commit,
    actor,
  },
});

interface RunOptions {
  service?: string;
  name?: string;
  execution?: string;
}

const runDefaults = ({ service, name = service ?? 'CI', execution = `${name}-1` }: RunOptions) => ({
  said: runOf(service, execution),
  content: { pipelineName: name, uri: runUri },
  identity: [execution, service],
});

export const queued = (seconds: number, options: RunOptions) => {
  const { said, content, identity } = runDefaults(options);
  return pipelineRunQueued.reported({ ...said, content, identity: [...identity, at(seconds)], time: at(seconds) });
};

export const started = (seconds: number, options: RunOptions) => {
  const { said, content, identity } = runDefaults(options);
  return pipelineRunStarted.reported({ ...said, content, identity: [...identity, at(seconds)], time: at(seconds) });
};

export const finished = (
  seconds: number,
  options: RunOptions,
  outcome: 'success' | 'failure' | 'cancel' | 'error' = 'success',
) => {
  const { said, content, identity } = runDefaults(options);
  return pipelineRunFinished.reported({
    ...said,
    content: { ...content, outcome },
    identity: [...identity, at(seconds)],
    time: at(seconds),
  });
};

/** A stage or an action of a service's build. */
export const step = (
  seconds: number,
  service: string,
  path: readonly string[],
  outcome?: 'success' | 'failure',
  errors?: string,
) => {
  const execution = `${service}-1`;
  const said = {
    ...runOf(service, execution),
    subject: { id: [execution, ...path].join('/') },
    identity: [service, ...path, outcome, at(seconds)],
    time: at(seconds),
  };
  const content = { taskName: path.at(-1)!, uri: runUri, pipelineRun: { id: execution } };
  const custom = { ...said.custom, kind: path.length > 1 ? ('action' as const) : ('stage' as const) };
  return outcome === undefined
    ? taskRunStarted.reported({ ...said, content, custom })
    : taskRunFinished.reported({ ...said, content: { ...content, outcome, errors }, custom });
};

export const published = (seconds: number, service: string, target = 'app') => {
  const image = imageOf(service, target);
  return artifactPublished.reported({
    by: 'ecr-events',
    identity: [image.repository, image.tag, image.digest],
    chain,
    time: at(seconds),
    subject: { id: purlOf(image) },
    content: {},
    custom: { image, order: { time: at(0), basis: 'commit' }, commit },
  });
};

export interface PlaceOptions {
  service?: string;
  environment?: string;
  target?: string;
}

const placed = (seconds: number, { service = 'checkout', environment = 'staging', target = 'app' }: PlaceOptions) => {
  const image = imageOf(service, target);
  return {
    said: {
      ...commonOf(service),
      by: 'image-tag-updater',
      environment,
      identity: [service, environment, target, at(seconds)],
      time: at(seconds),
      subject: { id: `${service}/${environment}/${target}` },
    },
    asked: {
      service: { id: service },
      environment: { id: environment },
      target,
      artifactId: purlOf(image),
      image,
      order: { time: at(0), basis: 'commit' as const },
      reason: 'published' as const,
    },
    custom: { actor, commit },
  };
};

const files = ['apps/checkout/overlays/staging/kustomization.yaml'];

export const requested = (seconds: number, options: PlaceOptions = {}, mode: 'write' | 'observe' = 'write') => {
  const { said, asked, custom } = placed(seconds, options);
  return imageRequested.reported({ ...said, content: { ...asked, mode }, custom });
};

export const committed = (seconds: number, options: PlaceOptions = {}, changed = true) => {
  const { said, asked, custom } = placed(seconds, options);
  return imageCommitted.reported({
    ...said,
    content: { ...asked, gitops: { name: 'main', files, revision }, first: false, changed },
    custom: { ...custom, diff: '' },
  });
};

export const proposed = (seconds: number, diff: string, options: PlaceOptions = {}) => {
  const { said, asked, custom } = placed(seconds, options);
  return imageProposed.reported({
    ...said,
    content: { ...asked, gitops: { name: 'main', files } },
    custom: { ...custom, diff },
  });
};

export const offered = (seconds: number, number: number, options: PlaceOptions = {}) => {
  const { said, asked, custom } = placed(seconds, options);
  return imageOffered.reported({
    ...said,
    content: {
      ...asked,
      gitops: { name: 'main', files, revision },
      pullRequest: { number, url: `https://github.com/acme/gitops/pull/${number}` },
    },
    custom: { ...custom, diff: '' },
  });
};

export const refused = (seconds: number, message: string, options: PlaceOptions = {}) => {
  const { said, asked, custom } = placed(seconds, options);
  return imageRefused.reported({ ...said, content: { ...asked, code: 'no-entry', message }, custom });
};

export const told = (seconds: number, { service = 'checkout', environment = 'staging' }: PlaceOptions = {}) =>
  syncRequested.reported({
    ...placed(seconds, { service, environment }).said,
    by: 'argocd-sync',
    content: {
      service: { id: service },
      environment: { id: environment },
      argocd: 'eu',
      applications: [`eu/${service}-${environment}`],
      revision,
    },
    custom: {},
  });

const syncOf = (seconds: number, { service = 'checkout', environment = 'staging' }: PlaceOptions) => ({
  ...placed(seconds, { service, environment }).said,
  by: 'argocd-webhook',
  subject: { id: `eu/${service}-${environment}@${revision}` },
  custom: { system: 'argocd' as const, application: `eu/${service}-${environment}`, revision },
});

export const syncStarted = (seconds: number, options: PlaceOptions = {}) =>
  pipelineRunStarted.reported({
    ...syncOf(seconds, options),
    content: { pipelineName: 'sync', uri: 'https://argocd.eu.acme.dev/applications/checkout-staging' },
  });

export const synced = (
  seconds: number,
  options: PlaceOptions = {},
  outcome: 'success' | 'failure' = 'success',
  errors?: string,
) =>
  pipelineRunFinished.reported({
    ...syncOf(seconds, options),
    content: {
      pipelineName: 'sync',
      uri: 'https://argocd.eu.acme.dev/applications/checkout-staging',
      outcome,
      errors,
    },
  });

export const deployed = (seconds: number, options: PlaceOptions = {}, first = false) => {
  const { said, asked } = placed(seconds, options);
  const { environment, target, image, artifactId } = asked;
  const applications = [`eu/${asked.service.id}-${environment.id}`];
  return (first ? serviceDeployed : serviceUpgraded).reported({
    ...said,
    by: 'argocd-webhook',
    subject: { id: asked.service.id },
    content: { environment, artifactId },
    custom: { target, image, revision, applications },
  });
};

export const incident = (
  seconds: number,
  what: 'detected' | 'resolved',
  description = 'Deployment checkout: 1 of 3 pods is ready',
  options: PlaceOptions = {},
) => {
  const { said, asked } = placed(seconds, options);
  const application = `eu/${asked.service.id}-${asked.environment.id}`;
  return (what === 'detected' ? incidentDetected : incidentResolved).reported({
    ...said,
    by: 'argocd-webhook',
    subject: { id: `${application}@${revision}` },
    content: { environment: asked.environment, service: asked.service, description },
    custom: { application, revision, changedTogether: [asked.service.id] },
  });
};

export const removed = (seconds: number, options: PlaceOptions = {}) => {
  const { said, asked } = placed(seconds, options);
  return serviceRemoved.reported({
    ...said,
    by: 'argocd-webhook',
    subject: { id: asked.service.id },
    content: { environment: asked.environment },
    custom: { application: `eu/${asked.service.id}-${asked.environment.id}` },
  });
};

export const misconfigured = (seconds: number, service = 'checkout') =>
  configurationRefused.reported({
    ...commonOf(service),
    by: 'pipeline-trigger',
    identity: [service, at(seconds)],
    time: at(seconds),
    subject: { id: service },
    content: {
      service: { id: service },
      problems: [{ file: 'services/checkout.yaml', path: 'checkout.environments.staging.path', message: 'is missing' }],
    },
    custom: {},
  });

/** As they come from the bus, where nothing is undefined. */
export const fromJson = (events: readonly AnyEvent[]): AnyEvent[] =>
  events.map((event) => anyEventSchema.parse(JSON.parse(JSON.stringify(event))));

/** A delivery from the push to health, as it usually goes. */
export const delivery = (service = 'checkout', environment = 'staging'): AnyEvent[] => [
  pushed(),
  queued(1, { service }),
  started(3, { service }),
  step(3, service, ['Source']),
  step(9, service, ['Source'], 'success'),
  step(10, service, ['Build']),
  step(120, service, ['Build'], 'success'),
  finished(121, { service }),
  published(119, service),
  requested(119, { service, environment }),
  committed(125, { service, environment }),
  told(125, { service, environment }),
  syncStarted(128, { service, environment }),
  synced(140, { service, environment }),
  deployed(171, { service, environment }),
];
