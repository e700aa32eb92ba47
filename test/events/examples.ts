import type { AnyEvent } from '#events/event.ts';
import { failureRedriven } from '#events/failures.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from '#events/holds.ts';
import { chainOf } from '#events/identity.ts';
import { type Image, purlOf } from '#events/image.ts';
import {
  artifactDeleted,
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
  serviceRolledback,
  serviceUpgraded,
} from '#events/services.ts';
import {
  branchCreated,
  branchDeleted,
  branchPushed,
  changeAbandoned,
  changeCreated,
  changeMerged,
  changeReviewed,
  changeUpdated,
} from '#events/source-control.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';

export const commit = '3f2a9c1d5e7b8a6f4c2d1e0b9a8f7c6d5e4b3a2f';
export const revision = '9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c';
const url = 'https://github.com/acme/shop';
const repository = { id: 'acme/shop', source: url };
const actor = { name: 'octocat', by: 'github' };
const time = '2026-11-23T09:30:00.000Z';

export const image: Image = {
  repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout',
  tag: `main-${commit.slice(0, 12)}`,
  digest: `sha256:${'5e'.repeat(32)}`,
};

/** The push that every other example follows from. */
export const push = branchPushed.reported({
  by: 'github-webhook',
  identity: [url, 'refs/heads/main', commit, time],
  chain: chainOf(url, commit),
  time,
  subject: { id: 'acme/shop@main', source: url },
  content: { repository, branch: 'main', commit, pushedAt: time },
  custom: { actor, paths: { changed: ['apps/checkout/main.ts'], truncated: false }, message: 'Take cards', url },
});

const change = {
  by: 'github-webhook',
  subject: { id: 'acme/shop#7', source: `${url}/pull/7` },
  content: { repository },
  custom: {
    actor,
    action: 'labeled',
    number: 7,
    title: 'Take cards',
    url: `${url}/pull/7`,
    head: { branch: 'cards', commit },
    base: { branch: 'main' },
    draft: false,
    labels: ['payments'],
    label: 'payments',
  },
};

const ofFairlead = { ...change.custom, head: { branch: 'fairlead/checkout/staging', commit } };

const branch = {
  by: 'github-webhook',
  subject: { id: 'acme/shop@cards', source: url },
  content: { repository },
  custom: { actor, commit },
};

const uri = 'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/checkout/view';
const run = { by: 'codepipeline-events', subject: { id: 'run-1' }, service: 'checkout', team: 'pay' };
const runCustom = { system: 'codepipeline', commit, actor } as const;
const runContent = { pipelineName: 'checkout', uri };
const task = { ...run, subject: { id: 'run-1/Build' } };
const taskContent = { taskName: 'Build', uri, pipelineRun: { id: 'run-1' } };
const taskCustom = { ...runCustom, kind: 'stage' } as const;

const place = { service: 'checkout', environment: 'staging', team: 'pay' };
const asked = {
  service: { id: 'checkout' },
  environment: { id: 'staging' },
  target: 'app',
  artifactId: purlOf(image),
  image,
  order: { time, basis: 'commit' },
  reason: 'published',
} as const;
const edit = { ...place, by: 'image-tag-updater', subject: { id: 'checkout/staging/app' }, target: 'app' };
const editCustom = { actor, diff: '-  newTag: a\n+  newTag: b\n', commit };
const gitops = { name: 'main', files: ['apps/checkout/overlays/staging/kustomization.yaml'] };

const deployment = {
  ...place,
  by: 'argocd-webhook',
  subject: { id: 'checkout' },
  content: { environment: { id: 'staging' }, artifactId: purlOf(image) },
  custom: { target: 'app', image, revision, applications: ['eu/checkout-staging'] },
};

const suite = {
  ...place,
  by: 'smoke-test',
  subject: { id: push.id },
  custom: { deployment: push.id, target: 'app', image, revision },
};
const suiteContent = { environment: { id: 'staging' }, testSuite: { id: 'checkout/staging/smoke', name: 'smoke' } };

const hold = {
  service: asked.service,
  environment: asked.environment,
  target: 'app',
  action: 'hold',
  digest: image.digest,
} as const;

const incident = {
  ...place,
  by: 'argocd-webhook',
  subject: { id: 'incident-1' },
  content: { environment: { id: 'staging' }, service: { id: 'checkout' }, description: 'Two pods crash' },
  custom: { application: 'eu/checkout-staging', revision, target: 'app', image, changedTogether: ['checkout'] },
};

/** One small event of every kind in the catalog, in the catalog's order. */
export const examples: readonly AnyEvent[] = [
  push,
  branchCreated.causedBy(push, branch),
  branchDeleted.causedBy(push, branch),
  changeCreated.causedBy(push, { ...change, content: { repository, description: 'Cards, at last' } }),
  changeUpdated.causedBy(push, change),
  changeReviewed.causedBy(push, { ...change, custom: { ...change.custom, review: { state: 'approved' } } }),
  changeMerged.causedBy(push, { ...change, custom: { ...ofFairlead, mergeCommit: commit } }),
  changeAbandoned.causedBy(push, { ...change, custom: ofFairlead }),
  pipelineRunQueued.causedBy(push, { ...run, by: 'pipeline-trigger', content: runContent, custom: runCustom }),
  pipelineRunStarted.causedBy(push, { ...run, content: runContent, custom: runCustom }),
  pipelineRunFinished.causedBy(push, {
    ...run,
    content: { ...runContent, outcome: 'failure', errors: 'Tests failed' },
    custom: runCustom,
  }),
  taskRunStarted.causedBy(push, { ...task, content: taskContent, custom: taskCustom }),
  taskRunFinished.causedBy(push, { ...task, content: { ...taskContent, outcome: 'success' }, custom: taskCustom }),
  artifactPublished.causedBy(push, {
    by: 'ecr-events',
    subject: { id: purlOf(image) },
    content: {},
    custom: { image, order: { time, basis: 'commit' }, commit },
  }),
  artifactDeleted.causedBy(push, {
    by: 'ecr-events',
    subject: { id: purlOf(image) },
    content: {},
    custom: image,
  }),
  imageRequested.causedBy(push, {
    ...edit,
    by: 'image-policy',
    content: { ...asked, mode: 'write' },
    custom: { actor, commit },
  }),
  imageOffered.causedBy(push, {
    ...edit,
    content: { ...asked, gitops: { ...gitops, revision }, pullRequest: { number: 12, url: `${url}/pull/12` } },
    custom: editCustom,
  }),
  imageCommitted.causedBy(push, {
    ...edit,
    content: { ...asked, gitops: { ...gitops, revision }, previous: { tag: 'main-0' }, first: false, changed: true },
    custom: editCustom,
  }),
  imageProposed.causedBy(push, { ...edit, content: { ...asked, gitops }, custom: editCustom }),
  imageRefused.causedBy(push, {
    ...edit,
    content: { ...asked, code: 'no-entry', message: 'kustomization.yaml:3 names no such image' },
    custom: { actor, commit },
  }),
  syncRequested.causedBy(push, {
    ...place,
    by: 'argocd-sync',
    subject: { id: 'checkout/staging' },
    content: {
      service: asked.service,
      environment: asked.environment,
      argocd: 'eu',
      applications: ['eu/checkout-staging'],
      revision,
    },
    custom: {},
  }),
  serviceDeployed.causedBy(push, deployment),
  serviceUpgraded.causedBy(push, deployment),
  serviceRolledback.causedBy(push, deployment),
  serviceRemoved.causedBy(push, {
    ...place,
    by: 'argocd-webhook',
    subject: { id: 'checkout' },
    content: { environment: { id: 'staging' } },
    custom: { application: 'eu/checkout-staging' },
  }),
  incidentDetected.causedBy(push, incident),
  incidentResolved.causedBy(push, incident),
  testSuiteRunStarted.causedBy(push, { ...suite, content: { ...suiteContent, trigger: { type: 'event' } } }),
  testSuiteRunFinished.causedBy(push, {
    ...suite,
    content: { ...suiteContent, outcome: 'failure', reason: '1 of 1 checks did not hold' },
    custom: {
      ...suite.custom,
      checks: [
        {
          request: 'GET https://checkout.staging.acme.dev/healthz',
          passed: false,
          expected: 'status 200',
          saw: 'status 500',
          attempts: 21,
          took: 38,
        },
      ],
    },
  }),
  rollbackWithheld.causedBy(push, {
    ...edit,
    by: 'rollback-trigger',
    content: {
      service: asked.service,
      environment: asked.environment,
      target: 'app',
      image,
      code: 'ask',
      message: 'The checks failed',
      command: 'npm run rollback -- checkout staging --stage dev',
    },
    custom: { verified: { ...image, tag: 'main-0' }, changedTogether: [] },
  }),
  holdRequested.causedBy(push, { ...edit, by: 'command', content: hold, custom: { actor, why: 'It is wrong' } }),
  holdCommitted.causedBy(push, {
    ...edit,
    content: { ...hold, gitops: { name: 'main', revision }, changed: true },
    custom: { actor },
  }),
  holdRefused.causedBy(push, {
    ...edit,
    content: { ...hold, code: 'no-lock', message: 'There is no lock yet' },
    custom: { actor },
  }),
  configurationRefused.causedBy(push, {
    by: 'pipeline-trigger',
    service: 'checkout',
    subject: { id: 'checkout' },
    content: {
      service: { id: 'checkout' },
      problems: [{ file: 'services/checkout.yaml', path: 'checkout.team', message: 'is missing' }],
    },
    custom: {},
  }),
  failureRedriven.causedBy(push, {
    by: 'command',
    service: 'checkout',
    subject: { id: 'pipeline-trigger/5fd34fa5-27e5-4f1c-b1c5-1a8f8e2c8d41' },
    content: {
      target: 'pipeline-trigger',
      event: { type: push.type, id: push.id },
      error: { code: 'Upstream', message: 'CodePipeline answers 503 (tried 3 times)' },
    },
    custom: { actor },
  }),
];
