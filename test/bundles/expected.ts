export interface Expected {
  readonly kind: 'webhook' | 'event' | 'queue';
  /** The kinds of the events that it answers to have published, in order. */
  readonly published: readonly string[];
}

const webhook = (...published: readonly string[]): Expected => ({ kind: 'webhook', published });
const event = (...published: readonly string[]): Expected => ({ kind: 'event', published });
/** A function behind a queue answers only what it gives back, which is nothing. */
const queue: Expected = { kind: 'queue', published: [] };

/**
 * What each sample comes to when its function meets it for the first time, in the order in which they are tried. First a failure
 * before anything was verified, so that there is no image to go back to; the others set deliveries going.
 */
export const expected: Readonly<Record<string, Expected>> = {
  'rollback-trigger.json': event('dev.cdeventsx.fairlead-rollback.withheld'),
  'argocd-sync.json': event('dev.cdeventsx.fairlead-sync.requested'),
  'argocd-webhook-committed.json': event(),
  'argocd-webhook.json': webhook(
    'dev.cdevents.pipelinerun.started',
    'dev.cdevents.pipelinerun.finished',
    'dev.cdevents.service.deployed',
  ),
  'codepipeline-events-action.json': event('dev.cdevents.taskrun.finished'),
  'codepipeline-events-stage.json': event('dev.cdevents.taskrun.started'),
  'codepipeline-events.json': event('dev.cdevents.pipelinerun.finished'),
  'deploy-notifier.json': event(),
  'ecr-events-delete.json': event('dev.cdevents.artifact.deleted'),
  'ecr-events.json': event('dev.cdevents.artifact.published'),
  'event-log.json': event(),
  'github-webhook.json': webhook('dev.cdeventsx.github-branch.pushed'),
  'image-policy.json': event('dev.cdeventsx.fairlead-image.requested'),
  'image-tag-updater-hold.json': queue,
  'image-tag-updater-pull-request.json': queue,
  'image-tag-updater.json': queue,
  'pipeline-trigger.json': event('dev.cdevents.pipelinerun.queued'),
  'reconciler.json': event(),
  'smoke-test.json': event('dev.cdevents.testsuiterun.started', 'dev.cdevents.testsuiterun.finished'),
};
