import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { purlOf } from '#events/image.ts';
import { imageCommitted, imageRefused, imageRequested, syncRequested } from '#events/images.ts';
import { pipelineRunFinished, pipelineRunStarted } from '#events/pipelines.ts';
import { incidentDetected, incidentResolved, serviceRolledback } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { at, chain, commit as commitId, committed, deployed, imageOf, type PlaceOptions } from './chain.ts';

export const backRevision = 'b2c3d4e5f60718293a4b5c6d7e8f901234567890';
const backCommit = '77ab0124d5b6e7f8091a2b3c4d5e6f7081920314';
const backDigest = `sha256:${'cd34'.repeat(16)}`;
const files = ['apps/checkout/overlays/staging/kustomization.yaml'];

/** Who asks for a rollback if no person does. */
const trigger = { name: 'Fairlead', by: 'rollback-trigger' };
export const ada = { name: 'Ada Lovelace', by: 'command' };

/** The image that was verified before. */
const restoredOf = (service: string, target = 'app') => ({
  ...imageOf(service, target),
  tag: `main-${backCommit}`,
  digest: backDigest,
});

const placeOf = ({ service = 'checkout', environment = 'staging', target = 'app' }: PlaceOptions) => ({
  service: { id: service },
  environment: { id: environment },
  target,
});

type Deployed = ReturnType<typeof deployed> | ReturnType<typeof rolledBack>;

const checked = {
  request: 'GET https://checkout.acme.dev/healthz',
  expected: '200 in 10 s at most',
  attempts: 3,
  took: 9,
};

const suiteOf = (event: Deployed) => {
  const { target, image, revision } = event.data.customData;
  return {
    by: 'smoke-test',
    subject: { id: event.id },
    target,
    content: {
      environment: event.data.subject.content.environment,
      testSuite: { id: `${event.service}/smoke`, name: 'smoke' },
    },
    custom: { deployment: event.id, target, image, revision },
  };
};

export const suiteStarted = (event: Deployed) => {
  const { content, ...said } = suiteOf(event);
  return testSuiteRunStarted.causedBy(event, { ...said, content: { ...content, trigger: { type: 'event' } } });
};

export const suiteFinished = (
  seconds: number,
  event: Deployed,
  outcome: 'success' | 'failure' | 'error' = 'success',
  saw = '500 in 3 ms',
) => {
  const { content, custom, ...said } = suiteOf(event);
  const passed = outcome === 'success';
  return testSuiteRunFinished.causedBy(event, {
    ...said,
    time: at(seconds),
    content: { ...content, outcome, ...(outcome === 'error' && { reason: 'the time of the function ran out' }) },
    custom: {
      ...custom,
      checks: outcome === 'error' ? [] : [{ ...checked, passed, saw: passed ? '200 in 3 ms' : saw }],
    },
  });
};

interface RollbackOptions extends PlaceOptions {
  /** A person's, and when it was asked for. */
  by?: { actor: typeof ada; why?: string; seconds: number };
}

const askedOf = (options: RollbackOptions) => {
  const image = restoredOf(options.service ?? 'checkout', options.target);
  return {
    ...placeOf(options),
    artifactId: purlOf(image),
    image,
    order: { time: at(-3600), basis: 'commit' as const },
    reason: 'rollback' as const,
  };
};

export const rollbackRequested = (options: RollbackOptions = {}) => {
  const asked = askedOf(options);
  const { service, environment, target } = asked;
  const said = {
    by: 'rollback-trigger',
    subject: { id: `${service.id}/${environment.id}/${target}` },
    content: { ...asked, mode: 'write' as const, expected: imageOf(service.id, target).digest },
  };
  const { by } = options;
  if (by === undefined)
    return imageRequested.causedBy(committed(125, options), {
      ...said,
      target,
      custom: { actor: trigger, commit: backCommit },
    });
  return imageRequested.reported({
    ...said,
    chain,
    service: service.id,
    environment: environment.id,
    team: 'pay',
    time: at(by.seconds),
    identity: [by.actor.name, service.id, environment.id, target, at(by.seconds)],
    custom: { actor: by.actor, ...(by.why && { why: by.why }) },
  });
};

const answered = (options: RollbackOptions) => {
  const request = rollbackRequested(options);
  return {
    request,
    said: { by: 'image-tag-updater', subject: { id: request.subject }, target: options.target ?? 'app' },
    custom: { actor: request.data.customData.actor, commit: backCommit },
  };
};

export const rollbackCommitted = (seconds: number, options: RollbackOptions = {}) => {
  const { request, said, custom } = answered(options);
  return imageCommitted.causedBy(request, {
    ...said,
    time: at(seconds),
    content: {
      ...askedOf(options),
      gitops: { name: 'main', files, revision: backRevision },
      previous: { tag: `main-${commitId}` },
      first: false,
      changed: true,
    },
    custom: { ...custom, diff: '' },
  });
};

export const rollbackRefused = (seconds: number, code: string, message: string, options: RollbackOptions = {}) => {
  const { request, said, custom } = answered(options);
  return imageRefused.causedBy(request, {
    ...said,
    time: at(seconds),
    content: { ...askedOf(options), code, message },
    custom,
  });
};

export const rollbackTold = (seconds: number, options: RollbackOptions = {}) => {
  const { service, environment } = placeOf(options);
  return syncRequested.causedBy(rollbackCommitted(seconds, options), {
    by: 'argocd-sync',
    subject: { id: `${service.id}/${environment.id}` },
    content: {
      service,
      environment,
      argocd: 'eu',
      applications: [`eu/${service.id}-${environment.id}`],
      revision: backRevision,
    },
    custom: {},
  });
};

/** The sync of the rollback that was committed at this second. */
export const rollbackSynced = (
  seconds: number,
  committedAt: number,
  options: RollbackOptions = {},
  outcome?: 'success' | 'failure',
) => {
  const { service, environment } = placeOf(options);
  const application = `eu/${service.id}-${environment.id}`;
  const cause = rollbackCommitted(committedAt, options);
  const said = {
    by: 'argocd-webhook',
    time: at(seconds),
    subject: { id: `${application}@${backRevision}` },
    custom: { system: 'argocd' as const, application, revision: backRevision },
  };
  const content = { pipelineName: application, uri: 'https://argocd.eu.acme.dev/applications/checkout-staging' };
  return outcome === undefined
    ? pipelineRunStarted.causedBy(cause, { ...said, content })
    : pipelineRunFinished.causedBy(cause, { ...said, content: { ...content, outcome } });
};

export const rolledBack = (seconds: number, committedAt: number, options: RollbackOptions = {}) => {
  const { service, environment, target } = placeOf(options);
  const image = restoredOf(service.id, target);
  return serviceRolledback.causedBy(rollbackCommitted(committedAt, options), {
    by: 'argocd-webhook',
    target,
    time: at(seconds),
    subject: { id: service.id },
    content: { environment, artifactId: purlOf(image) },
    custom: { target, image, revision: backRevision, applications: [`eu/${service.id}-${environment.id}`] },
  });
};

/** Of the image that a rollback restored. */
export const restoredIncident = (
  seconds: number,
  committedAt: number,
  what: 'detected' | 'resolved',
  options: RollbackOptions = {},
) => {
  const { service, environment, target } = placeOf(options);
  const application = `eu/${service.id}-${environment.id}`;
  const cause = rollbackCommitted(committedAt, options);
  return (what === 'detected' ? incidentDetected : incidentResolved).causedBy(cause, {
    by: 'argocd-webhook',
    time: at(seconds),
    subject: { id: `${application}@${backRevision}` },
    content: { environment, service, description: what === 'detected' ? 'no pod is ready' : 'it is healthy again' },
    custom: {
      application,
      revision: backRevision,
      target,
      image: restoredOf(service.id, target),
      changedTogether: [service.id],
    },
  });
};

export const withheld = (
  seconds: number,
  code: 'ask' | 'off' | 'changed-together',
  message: string,
  command?: string,
) =>
  rollbackWithheld.causedBy(committed(125), {
    by: 'rollback-trigger',
    time: at(seconds),
    subject: { id: 'checkout/staging/app' },
    content: { ...placeOf({}), image: imageOf('checkout'), code, message, ...(command && { command }) },
    custom: { changedTogether: [] },
  });

export const holdAsked = (
  seconds: number,
  action: 'hold' | 'release',
  why?: string,
  digest = imageOf('checkout').digest,
) =>
  holdRequested.reported({
    by: 'commands',
    identity: [ada.name, action, digest, at(seconds)],
    chain,
    service: 'checkout',
    environment: 'staging',
    team: 'pay',
    time: at(seconds),
    subject: { id: 'checkout/staging/app' },
    content: { ...placeOf({}), action, digest },
    custom: { actor: ada, ...(why && { why }) },
  });

export const held = (seconds: number, request: ReturnType<typeof holdAsked>) =>
  holdCommitted.causedBy(request, {
    by: 'image-tag-updater',
    target: 'app',
    time: at(seconds),
    subject: { id: request.subject },
    content: { ...request.data.subject.content, gitops: { name: 'main', revision: backRevision }, changed: true },
    custom: request.data.customData,
  });

export const notHeld = (seconds: number, request: ReturnType<typeof holdAsked>, message: string) =>
  holdRefused.causedBy(request, {
    by: 'image-tag-updater',
    target: 'app',
    time: at(seconds),
    subject: { id: request.subject },
    content: { ...request.data.subject.content, code: 'observe', message },
    custom: request.data.customData,
  });

/** After a whole delivery: its checks fail, and the image before it is restored and verified. */
export const wayBack = (options: PlaceOptions = {}): AnyEvent[] => {
  const bad = deployed(171, options);
  const good = rolledBack(290, 235, options);
  return [
    suiteStarted(bad),
    suiteFinished(232, bad, 'failure'),
    rollbackRequested(options),
    rollbackCommitted(235, options),
    rollbackTold(235, options),
    rollbackSynced(238, 235, options),
    rollbackSynced(250, 235, options, 'success'),
    good,
    suiteStarted(good),
    suiteFinished(293, good),
  ];
};
