import type { AnyEvent, EventOf } from '#events/event.ts';
import { holdCommitted, holdRequested } from '#events/holds.ts';
import { chainOf } from '#events/identity.ts';
import { type Image, purlOf } from '#events/image.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import { serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { Deployment } from '#shared/deliveries/deployment.ts';

export const minute = 60_000;

/** When the first of these deliveries began. */
export const start = Date.UTC(2026, 10, 23, 9, 0, 0);

export const at = (minutes: number): string => new Date(start + minutes * minute).toISOString();

const hex = (number: number, length: number): string => number.toString(16).repeat(length).slice(0, length);

export const commitOf = (number: number): string => hex(number, 40);

/** The image of the n-th commit. */
export const image = (number: number, tag = `main-${hex(number, 7)}`): Image => ({
  repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout',
  tag,
  digest: `sha256:${hex(number, 64)}`,
});

export const chain = (number: number): string => chainOf('https://github.com/acme/shop', commitOf(number));

export interface Where {
  service?: string;
  environment?: string;
  target?: string;
}

const said = ({ service = 'checkout', environment = 'staging', target = 'app' }: Where) => ({
  service,
  environment,
  target,
  team: 'pay',
  subject: { id: `${service}/${environment}/${target}` },
});

const place = (where: Where) => {
  const { service, environment, target } = said(where);
  return { service: { id: service }, environment: { id: environment }, target };
};

const actor = { name: 'octocat', by: 'github' };

export const requested = (
  number: number,
  minutes: number,
  more: Where & { rollback?: { expected: Image; chain: string }; image?: Image; why?: string } = {},
) => {
  const wanted = more.image ?? image(number);
  return imageRequested.reported({
    ...said(more),
    by: more.rollback ? 'rollback-trigger' : 'image-policy',
    identity: [wanted.tag, wanted.digest, String(minutes), JSON.stringify(place(more))],
    chain: more.rollback?.chain ?? chain(number),
    time: at(minutes),
    content: {
      ...place(more),
      artifactId: purlOf(wanted),
      image: wanted,
      order: { time: at(number), basis: 'commit' },
      reason: more.rollback ? 'rollback' : 'published',
      mode: 'write',
      ...(more.rollback && { expected: more.rollback.expected.digest }),
    },
    custom: { actor, commit: commitOf(number), ...(more.why && { why: more.why }) },
  });
};

export const committed = (request: EventOf<typeof imageRequested>, minutes: number, changed = true) => {
  const { service, environment, target, artifactId, image: wanted, order, reason } = request.data.subject.content;
  const where = { service: service.id, environment: environment.id, target };
  return imageCommitted.causedBy(request, {
    ...said(where),
    by: 'image-tag-updater',
    time: at(minutes),
    content: {
      ...place(where),
      artifactId,
      image: wanted,
      order,
      reason,
      gitops: { name: 'main', files: ['apps/checkout/kustomization.yaml'], revision: commitOf(9) },
      first: false,
      changed,
    },
    custom: { actor: request.data.customData.actor, diff: '', commit: request.data.customData.commit },
  });
};

export const deployed = (commit: ReturnType<typeof committed>, minutes: number) => {
  const { service, environment, target, image: wanted, reason } = commit.data.subject.content;
  const kind = reason === 'rollback' ? serviceRolledback : serviceUpgraded;
  return kind.causedBy(commit, {
    ...said({ service: service.id, environment: environment.id, target }),
    subject: { id: service.id },
    by: 'argocd-webhook',
    time: at(minutes),
    content: { environment, artifactId: purlOf(wanted) },
    custom: { target, image: wanted, revision: commitOf(9), applications: ['eu/checkout-staging'] },
  });
};

export const tested = (
  deployment: ReturnType<typeof deployed>,
  minutes: number,
  outcome: 'success' | 'failure' = 'success',
) => {
  const { service, environment, data } = deployment;
  const { target, image: wanted, revision } = data.customData;
  return testSuiteRunFinished.causedBy(deployment, {
    ...said({ ...(service && { service }), ...(environment && { environment }), target }),
    subject: { id: deployment.id },
    by: 'smoke-test',
    time: at(minutes),
    content: {
      environment: data.subject.content.environment,
      testSuite: { id: 'smoke', name: 'smoke' },
      outcome,
      ...(outcome === 'failure' && { reason: 'GET /healthz: 500 \u001b[31mInternal Server Error' }),
    },
    custom: { deployment: deployment.id, target, image: wanted, revision, checks: [] },
  });
};

export const held = (digest: string, action: 'hold' | 'release', minutes: number, where: Where = {}) => {
  const custom = { actor: { name: 'mona', by: 'command' }, why: 'it charges twice' };
  const content = { ...place(where), action, digest };
  const request = holdRequested.reported({
    ...said(where),
    by: 'command',
    identity: [digest, action, String(minutes)],
    chain: chain(1),
    time: at(minutes),
    content,
    custom,
  });
  return holdCommitted.causedBy(request, {
    ...said(where),
    by: 'image-tag-updater',
    content: { ...content, gitops: { name: 'main', revision: commitOf(8) }, changed: true },
    custom,
  });
};

/** The n-th image on its way: asked for, in Git, running after three minutes, proven (or not) after four. */
export const delivered = (
  number: number,
  minutes: number,
  { outcome = 'success', ...where }: Where & { outcome?: 'success' | 'failure' | 'untested' | 'not-running' } = {},
): AnyEvent[] => {
  const request = requested(number, minutes, where);
  const commit = committed(request, minutes + 1);
  if (outcome === 'not-running') return [request, commit];
  const deployment = deployed(commit, minutes + 3);
  return [request, commit, deployment, ...(outcome === 'untested' ? [] : [tested(deployment, minutes + 4, outcome)])];
};

/** The n-th image is brought back in place of another. */
export const rolledBack = (number: number, expected: number, minutes: number, where: Where = {}): AnyEvent[] => {
  const rollback = { expected: image(expected), chain: chain(expected) };
  const request = requested(number, minutes, { ...where, rollback, why: 'it answers 500' });
  const commit = committed(request, minutes + 1);
  const deployment = deployed(commit, minutes + 3);
  return [request, commit, deployment, tested(deployment, minutes + 4)];
};

/** What event-log makes of these events. */
export const recordOf = (events: readonly AnyEvent[], where: Where = {}, untested = false): Deployment => {
  const { service, environment, target } = said(where);
  let record: Deployment = {};
  for (const event of events) {
    if (event.service !== service || event.environment !== environment) continue;
    const common = { chain: event.data.context.chainId, event: event.id, since: event.time };
    if (imageCommitted.is(event) && event.data.subject.content.target === target) {
      const { image: wanted, gitops } = event.data.subject.content;
      record = { ...record, asked: { ...common, image: wanted, revision: gitops.revision } };
    }
    if ((serviceUpgraded.is(event) || serviceRolledback.is(event)) && event.data.customData.target === target) {
      const { image: wanted, revision } = event.data.customData;
      record = { ...record, deployed: { ...common, image: wanted, revision } };
      if (untested) record = { ...record, verified: { ...common, image: wanted, revision } };
    }
    if (testSuiteRunFinished.is(event) && event.outcome === 'success' && event.data.customData.target === target) {
      const { image: wanted, revision } = event.data.customData;
      record = { ...record, verified: { ...common, image: wanted, revision } };
    }
  }
  return record;
};
