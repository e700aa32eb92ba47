import type { EventKind } from './event.ts';
import {
  artifactDeleted,
  artifactPublished,
  imageCommitted,
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
  imageCommitted,
  imageProposed,
  imageRefused,
  syncRequested,
  serviceDeployed,
  serviceUpgraded,
  serviceRemoved,
  incidentDetected,
  incidentResolved,
  configurationRefused,
];

interface FunctionContract {
  /** `'everything'` is every kind on our bus; `from` names an input that is not one of our events. */
  consumes: readonly EventKind[] | 'everything';
  from?: readonly string[];
  produces: readonly EventKind[];
}

/** Who consumes and who produces what. The rules in serverless.yml and the documentation are held against it. */
export const functions: Readonly<Record<string, FunctionContract>> = {
  'github-webhook': {
    from: ['POST /webhooks/github'],
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
  'pipeline-trigger': { consumes: [branchPushed], produces: [pipelineRunQueued, configurationRefused] },
  'codepipeline-events': {
    from: [
      'CodePipeline Pipeline Execution State Change',
      'CodePipeline Stage Execution State Change',
      'CodePipeline Action Execution State Change',
    ],
    consumes: [],
    produces: [pipelineRunStarted, pipelineRunFinished, taskRunStarted, taskRunFinished],
  },
  'ecr-events': { from: ['ECR Image Action'], consumes: [], produces: [artifactPublished, artifactDeleted] },
  'image-policy': { consumes: [artifactPublished], produces: [imageRequested, configurationRefused] },
  'image-tag-updater': { consumes: [imageRequested], produces: [imageCommitted, imageProposed, imageRefused] },
  'argocd-sync': { consumes: [imageCommitted], produces: [syncRequested] },
  'argocd-webhook': {
    from: ['POST /webhooks/argocd'],
    consumes: [imageCommitted],
    produces: [
      pipelineRunStarted,
      pipelineRunFinished,
      serviceDeployed,
      serviceUpgraded,
      serviceRemoved,
      incidentDetected,
      incidentResolved,
    ],
  },
  'deploy-notifier': { consumes: 'everything', produces: [] },
  'event-log': { consumes: 'everything', produces: [] },
};
