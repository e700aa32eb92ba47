import * as z from 'zod';
import { actorSchema } from './actor.ts';
import { defineEvent } from './event.ts';
import { commitSchema } from './source-control.ts';

/** How a run ended, in CDEvents' words. */
export const runOutcomeSchema = z.enum(['success', 'failure', 'cancel', 'error']);

export type RunOutcome = z.infer<typeof runOutcomeSchema>;

/** `system` tells whose run it is; `url` where a person looks at it. */
const runCustom = z.object({
  system: z.enum(['codepipeline', 'github-actions', 'argocd']),
  commit: commitSchema.optional(),
  actor: actorSchema.optional(),
  /** Of a sync: the application as `<argocd>/<name>`, and the GitOps commit that it went to. */
  application: z.string().max(300).optional(),
  revision: commitSchema.optional(),
});

const pipelineName = z.string().min(1).max(300);
const uri = z.url();
const errors = z.string().max(4000).optional();

export const pipelineRunQueued = defineEvent({
  type: 'dev.cdevents.pipelinerun.queued.0.3.0',
  says: 'A build was asked for',
  subject: "the execution's id, as its system gives it",
  content: z.object({ pipelineName, uri }),
  custom: runCustom,
});

export const pipelineRunStarted = defineEvent({
  type: 'dev.cdevents.pipelinerun.started.0.3.0',
  says: 'A build, workflow or sync began',
  subject: "the execution's id, as its system gives it",
  content: z.object({ pipelineName, uri }),
  custom: runCustom,
});

export const pipelineRunFinished = defineEvent({
  type: 'dev.cdevents.pipelinerun.finished.0.3.0',
  says: 'A build, workflow or sync ended',
  subject: "the execution's id, as its system gives it",
  content: z.object({ pipelineName, uri, outcome: runOutcomeSchema, errors }),
  custom: runCustom,
});

/** `kind` tells a stage from the actions inside it, and a workflow's job. */
const taskCustom = runCustom.extend({ kind: z.enum(['stage', 'action', 'job']) });
const taskName = z.string().min(1).max(300);
const pipelineRun = z.object({ id: z.string().min(1), source: z.string().min(1).optional() });

export const taskRunStarted = defineEvent({
  type: 'dev.cdevents.taskrun.started.0.3.0',
  says: 'A step of a build began',
  subject: "`<execution id>/<stage>[/<action>]`, or the job's id",
  content: z.object({ taskName, uri, pipelineRun }),
  custom: taskCustom,
});

export const taskRunFinished = defineEvent({
  type: 'dev.cdevents.taskrun.finished.0.3.0',
  says: 'A step of a build ended',
  subject: "`<execution id>/<stage>[/<action>]`, or the job's id",
  content: z.object({ taskName, uri, pipelineRun, outcome: runOutcomeSchema, errors }),
  custom: taskCustom,
});
