import { type AnyEvent, detailTypeOf } from '#events/event.ts';
import { failureRedriven } from '#events/failures.ts';
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
  serviceUpgraded,
} from '#events/services.ts';
import {
  branchCreated,
  branchDeleted,
  branchPushed,
  changeAbandoned,
  changeCreated,
  changeMerged,
} from '#events/source-control.ts';
import { wayBackOf } from './way-back.ts';

/** Full commit ids are for machines. */
const shortened = (text: string): string => text.replace(/\b[0-9a-f]{40}\b/g, (commit) => commit.slice(0, 7));

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const runs = { codepipeline: 'the pipeline', 'github-actions': 'the workflow', argocd: "Argo CD's sync of" } as const;

const ends = { success: 'succeeded', failure: 'failed', cancel: 'was cancelled', error: 'broke' } as const;

/** What happened, without who it concerns, in the words of its reader. */
const happened = (event: AnyEvent): string => {
  if (branchPushed.is(event)) {
    const { commit, branch } = event.data.subject.content;
    return `commit ${commit} "${event.data.customData.message}" was pushed to ${branch}`;
  }
  if (branchCreated.is(event)) return `branch ${event.subject} was made`;
  if (branchDeleted.is(event)) return `branch ${event.subject} was deleted`;
  if (changeCreated.is(event) || changeMerged.is(event) || changeAbandoned.is(event)) {
    const { number, title, actor } = event.data.customData;
    const end = changeMerged.is(event) ? 'merged' : changeCreated.is(event) ? 'opened' : 'closed';
    return `pull request #${number} "${title}" was ${end} by ${actor.name}`;
  }
  if (pipelineRunQueued.is(event)) return `${event.data.subject.content.pipelineName} was asked to build it`;
  if (pipelineRunStarted.is(event))
    return `${runs[event.data.customData.system]} ${event.data.subject.content.pipelineName} began`;
  if (pipelineRunFinished.is(event)) {
    const { pipelineName, outcome, errors } = event.data.subject.content;
    return `${runs[event.data.customData.system]} ${pipelineName} ${ends[outcome]}${errors ? `: ${errors}` : ''}`;
  }
  if (taskRunStarted.is(event)) return `${event.data.customData.kind} ${event.data.subject.content.taskName} began`;
  if (taskRunFinished.is(event)) {
    const { taskName, outcome } = event.data.subject.content;
    return `${event.data.customData.kind} ${taskName} ${ends[outcome]}`;
  }
  if (artifactPublished.is(event)) {
    const { image } = event.data.customData;
    return `image ${fileName(image.repository)}:${image.tag} is in the registry`;
  }
  if (artifactDeleted.is(event)) return `an image of ${event.data.customData.repository} was deleted from the registry`;
  if (imageRequested.is(event)) {
    const { image, environment, reason } = event.data.subject.content;
    return reason === 'rollback'
      ? `${environment.id} should go back to image ${image.tag}`
      : `${environment.id} wants image ${image.tag}`;
  }
  if (imageCommitted.is(event)) {
    const { image, environment, gitops, changed } = event.data.subject.content;
    const files = gitops.files.map(fileName).join(', ');
    return `image ${image.tag} is ${changed ? '' : 'already '}in ${environment.id}'s ${files}`;
  }
  if (imageOffered.is(event)) {
    const { image, environment, pullRequest } = event.data.subject.content;
    return `image ${image.tag} waits for pull request #${pullRequest.number} into ${environment.id}: ${pullRequest.url}`;
  }
  if (imageProposed.is(event)) {
    const { image, environment } = event.data.subject.content;
    return `image ${image.tag} would go to ${environment.id}, which only observes`;
  }
  if (imageRefused.is(event)) {
    const { image, environment, message } = event.data.subject.content;
    return `image ${image.tag} was not written to ${environment.id}: ${message}`;
  }
  if (syncRequested.is(event)) {
    const { applications } = event.data.subject.content;
    return `Argo CD was told that ${applications.join(', ')} changed`;
  }
  if (serviceDeployed.is(event) || serviceUpgraded.is(event)) {
    const { environment } = event.data.subject.content;
    return `image ${event.data.customData.image.tag} is healthy in ${environment.id}`;
  }
  if (serviceRemoved.is(event)) return `it was removed from ${event.data.subject.content.environment.id}`;
  if (incidentDetected.is(event) || incidentResolved.is(event)) return event.data.subject.content.description;
  if (configurationRefused.is(event)) {
    const { problems } = event.data.subject.content;
    return `its configuration is wrong: ${problems.map(({ file, path, message }) => `${file}: ${path}: ${message}`).join('; ')}`;
  }
  if (failureRedriven.is(event)) {
    const { subject, customData } = event.data;
    return `${customData.actor.name} sent what ${subject.content.target} had failed on to it again`;
  }
  return wayBackOf(event) ?? `${detailTypeOf(event.type).replace(/^dev\.cdevents\./, '')} of ${event.subject}`;
};

/** One step of a delivery as a sentence: `checkout: image main-3f2a9c1 is in staging's kustomization.yaml`. */
export const sentenceOf = (event: AnyEvent): string => {
  const { repository } = event.data.subject.content;
  const about =
    event.service ??
    (typeof repository === 'object' && repository && 'id' in repository ? String(repository.id) : undefined);
  const sentence = shortened(happened(event));
  return about === undefined ? sentence : `${about}: ${sentence}`;
};
