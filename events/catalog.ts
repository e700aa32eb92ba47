import type { EventKind } from './event.ts';
import { failureRedriven } from './failures.ts';
import { holdCommitted, holdRefused, holdRequested, rollbackWithheld } from './holds.ts';
import {
  artifactDeleted,
  artifactPublished,
  imageCommitted,
  imageOffered,
  imageProposed,
  imageRefused,
  imageRequested,
  syncRequested,
} from './images.ts';
import {
  pipelineRunFinished,
  pipelineRunQueued,
  pipelineRunStarted,
  taskRunFinished,
  taskRunStarted,
} from './pipelines.ts';
import {
  configurationRefused,
  incidentDetected,
  incidentResolved,
  serviceDeployed,
  serviceRemoved,
  serviceRolledback,
  serviceUpgraded,
} from './services.ts';
import {
  branchCreated,
  branchDeleted,
  branchPushed,
  changeAbandoned,
  changeCreated,
  changeMerged,
  changeReviewed,
  changeUpdated,
} from './source-control.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from './tests.ts';

/** Every kind of event that Fairlead puts on its bus, in the order of a delivery. */
export const kinds: readonly EventKind[] = [
  branchPushed,
  branchCreated,
  branchDeleted,
  changeCreated,
  changeUpdated,
  changeReviewed,
  changeMerged,
  changeAbandoned,
  pipelineRunQueued,
  pipelineRunStarted,
  pipelineRunFinished,
  taskRunStarted,
  taskRunFinished,
  artifactPublished,
  artifactDeleted,
  imageRequested,
  imageOffered,
  imageCommitted,
  imageProposed,
  imageRefused,
  syncRequested,
  serviceDeployed,
  serviceUpgraded,
  serviceRolledback,
  serviceRemoved,
  incidentDetected,
  incidentResolved,
  testSuiteRunStarted,
  testSuiteRunFinished,
  rollbackWithheld,
  holdRequested,
  holdCommitted,
  holdRefused,
  configurationRefused,
  failureRedriven,
];

/** What stands outside and sends or takes something. */
export type System = 'GitHub' | 'CodePipeline' | 'ECR' | 'GitOps repository' | 'Argo CD' | 'Slack' | 'Schedule';

interface FunctionContract {
  /** `'everything'` is every kind on our bus. */
  consumes: readonly EventKind[] | 'everything';
  /** Inputs that are none of our events, and who sends them. */
  from?: { system: System; inputs: readonly string[] };
  produces: readonly EventKind[];
  /** On whom it acts. */
  actsOn?: System;
}

/** Who consumes and who produces what. The rules in serverless.yml and the documentation are held against it. */
export const functions: Readonly<Record<string, FunctionContract>> = {
  'github-webhook': {
    from: { system: 'GitHub', inputs: ['POST /webhooks/github'] },
    consumes: [],
    produces: [
      branchPushed,
      branchCreated,
      branchDeleted,
      changeCreated,
      changeUpdated,
      changeReviewed,
      changeMerged,
      changeAbandoned,
      pipelineRunQueued,
      pipelineRunStarted,
      pipelineRunFinished,
      taskRunStarted,
      taskRunFinished,
    ],
  },
  'pipeline-trigger': {
    consumes: [branchPushed],
    produces: [pipelineRunQueued, configurationRefused],
    actsOn: 'CodePipeline',
  },
  'codepipeline-events': {
    from: {
      system: 'CodePipeline',
      inputs: [
        'CodePipeline Pipeline Execution State Change',
        'CodePipeline Stage Execution State Change',
        'CodePipeline Action Execution State Change',
      ],
    },
    consumes: [],
    produces: [pipelineRunStarted, pipelineRunFinished, taskRunStarted, taskRunFinished],
  },
  'ecr-events': {
    from: { system: 'ECR', inputs: ['ECR Image Action'] },
    consumes: [],
    produces: [artifactPublished, artifactDeleted],
  },
  'image-policy': { consumes: [artifactPublished], produces: [imageRequested, configurationRefused] },
  'image-tag-updater': {
    consumes: [changeMerged, changeAbandoned, imageRequested, holdRequested],
    produces: [imageOffered, imageCommitted, imageProposed, imageRefused, holdCommitted, holdRefused],
    actsOn: 'GitOps repository',
  },
  'argocd-sync': { consumes: [imageCommitted], produces: [syncRequested], actsOn: 'Argo CD' },
  'argocd-webhook': {
    from: { system: 'Argo CD', inputs: ['POST /webhooks/argocd/{name}'] },
    consumes: [imageCommitted],
    produces: [
      pipelineRunStarted,
      pipelineRunFinished,
      serviceDeployed,
      serviceUpgraded,
      serviceRolledback,
      serviceRemoved,
      incidentDetected,
      incidentResolved,
    ],
  },
  'smoke-test': {
    consumes: [serviceDeployed, serviceUpgraded, serviceRolledback],
    produces: [testSuiteRunStarted, testSuiteRunFinished],
  },
  'rollback-trigger': {
    consumes: [testSuiteRunFinished, incidentDetected],
    produces: [imageRequested, rollbackWithheld],
  },
  'deploy-notifier': { consumes: 'everything', produces: [], actsOn: 'Slack' },
  'event-log': { consumes: 'everything', produces: [] },
  reconciler: {
    from: { system: 'Schedule', inputs: ['Scheduled Event'] },
    consumes: [],
    produces: [],
    actsOn: 'GitHub',
  },
};

/** What people put on the bus themselves, by the commands `rollback`, `hold`, `release` and `redrive`. */
export const people: Pick<FunctionContract, 'produces'> = {
  produces: [imageRequested, holdRequested, failureRedriven],
};
