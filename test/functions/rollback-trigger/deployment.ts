import { createHash } from 'node:crypto';
import type { AnyEvent } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { type Image, purlOf } from '#events/image.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import { incidentDetected, serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { Commit } from '#functions/rollback-trigger/facts.ts';
import type { Config } from '#shared/config/config.ts';
import { parseConfig } from '#shared/config/parse.ts';
import type { DeploymentState } from '#shared/deliveries/deployment.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Seconds after nine. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 2, 2, 9, 0, 0) + seconds * 1000).toISOString();

export interface Place {
  readonly service: string;
  readonly environment: string;
  readonly target: string;
}

export const checkout: Place = { service: 'checkout', environment: 'staging', target: 'app' };

export const imageOf = (version: number, { service, target }: Place = checkout): Image => ({
  repository: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${service}-${target}`,
  tag: `main-${version}`,
  digest: `sha256:${createHash('sha256').update(`${service} ${target} ${version}`).digest('hex')}`,
});

/** The nth image was pushed at the nth minute. */
export const orderOf = (version: number) => ({ time: at(version * 60), basis: 'commit' as const });

interface Committed {
  readonly place?: Place;
  readonly first?: boolean;
  readonly changed?: boolean;
  /** The image that a rollback replaces. */
  readonly back?: number;
}

const askedOf = (version: number, place: Place, reason: 'published' | 'rollback') => ({
  service: { id: place.service },
  environment: { id: place.environment },
  target: place.target,
  artifactId: purlOf(imageOf(version, place)),
  image: imageOf(version, place),
  order: orderOf(version),
  reason,
});

const actor = { name: 'octocat', by: 'github' };
const sourceOf = (version: number): string => sha1(`source ${version}`);

/** The wish that the nth image should run, on its own chain or on that of the image which it replaces. */
export const requested = (version: number, seconds: number, place: Place = checkout, back?: number) => {
  const { service, environment, target } = place;
  return imageRequested.reported({
    by: 'image-policy',
    identity: [service, environment, target, String(version), String(seconds)],
    chain: chainOf('https://github.com/acme/shop', sha1(`${service} ${back ?? version}`)),
    time: at(seconds),
    subject: { id: `${service}/${environment}/${target}` },
    service,
    environment,
    team: 'pay',
    content: { ...askedOf(version, place, back === undefined ? 'published' : 'rollback'), mode: 'write' },
    custom: { actor, commit: sourceOf(version) },
  });
};

/** What a request of the nth image comes to in Git. */
export const committed = (version: number, seconds: number, options: Committed = {}): Commit => {
  const { place = checkout, first = false, changed = true, back } = options;
  const { service, target } = place;
  const request = requested(version, seconds, place, back);
  return imageCommitted.causedBy(request, {
    by: 'image-tag-updater',
    subject: { id: request.subject },
    target,
    content: {
      ...askedOf(version, place, back === undefined ? 'published' : 'rollback'),
      gitops: { name: 'main', files: ['kustomization.yaml'], revision: sha1(`${service} ${target} ${seconds}`) },
      ...(back !== undefined && { previous: { tag: imageOf(back, place).tag, digest: imageOf(back, place).digest } }),
      first,
      changed,
    },
    custom: { actor, diff: '', commit: sourceOf(version) },
  });
};

export const deployed = (commit: Commit, seconds: number) => {
  const { service, environment, target, image, artifactId, gitops, first, reason } = commit.data.subject.content;
  const kind = reason === 'rollback' ? serviceRolledback : first ? serviceDeployed : serviceUpgraded;
  return kind.causedBy(commit, {
    by: 'argocd-webhook',
    target,
    time: at(seconds),
    subject: { id: service.id },
    content: { environment, artifactId },
    custom: {
      target,
      image,
      revision: gitops.revision,
      applications: [`eu/${service.id}-${environment.id}`],
    },
  });
};

export const tested = (
  running: ReturnType<typeof deployed>,
  seconds: number,
  outcome: 'success' | 'failure' | 'error' = 'failure',
) => {
  const { target, image, revision } = running.data.customData;
  return testSuiteRunFinished.causedBy(running, {
    by: 'smoke-test',
    target,
    time: at(seconds),
    subject: { id: running.id },
    content: {
      environment: running.data.subject.content.environment,
      testSuite: { id: 'smoke', name: 'smoke' },
      outcome,
      ...(outcome !== 'success' && { reason: 'GET /healthz: saw status 500' }),
    },
    custom: { deployment: running.id, target, image, revision, checks: [] },
  });
};

export const incident = (commit: Commit, seconds: number, changedTogether: readonly string[] = []) => {
  const { service, environment, target, image, gitops } = commit.data.subject.content;
  const application = `eu/${service.id}-${environment.id}`;
  return incidentDetected.reported({
    by: 'argocd-webhook',
    identity: [commit.id, at(seconds)],
    chain: commit.data.context.chainId,
    cause: commit,
    time: at(seconds),
    service: service.id,
    environment: environment.id,
    team: 'pay',
    subject: { id: `${application}@${at(seconds)}` },
    content: { environment, service, description: `${application} is degraded: 0 of 2 pods are ready.` },
    custom: {
      application,
      revision: gitops.revision,
      target,
      image,
      changedTogether: [service.id, ...changedTogether],
    },
  });
};

/** The nth image, verified when its deployment came. */
export const verifiedAs = (version: number, seconds: number, place: Place = checkout): DeploymentState => ({
  image: imageOf(version, place),
  chain: committed(version, seconds, { place }).data.context.chainId,
  event: committed(version, seconds, { place }).id,
  since: at(seconds),
  revision: sha1(String(seconds)),
});

interface Options {
  readonly rollback?: 'auto' | 'ask' | 'off';
  readonly application?: string;
  readonly images?: readonly string[];
}

const serviceOf = (name: string, { rollback = 'auto', application, images = ['app'] }: Options) => ({
  team: 'pay',
  images: Object.fromEntries(
    images.map((target) => [target, imageOf(0, { ...checkout, service: name, target }).repository]),
  ),
  environments: {
    staging: {
      path: `apps/${name}`,
      applications: [application ?? `${name}-staging`],
      smoke: [{ get: `https://${name}.staging.acme.example/healthz` }],
      rollback,
    },
  },
});

export const configOf = (services: Readonly<Record<string, Options>>): Config =>
  parseConfig(
    {
      version: 'test',
      platform: {
        file: 'fairlead.yaml',
        content: {
          gitops: { main: { repository: 'https://github.com/acme/gitops.git' } },
          argocd: { eu: { url: 'https://argocd.eu.acme.example' } },
          teams: { pay: { slack: '#pay' } },
          defaults: { gitops: 'main', argocd: 'eu', mode: 'write' },
        },
      },
      services: [
        {
          file: 'services.yaml',
          content: Object.fromEntries(
            Object.entries(services).map(([name, options]) => [name, serviceOf(name, options)]),
          ),
        },
      ],
    },
    'dev',
  );

/** As it comes from the bus, where nothing is undefined. */
export const fromBus = <Event extends AnyEvent>(event: Event): Event => JSON.parse(JSON.stringify(event));
