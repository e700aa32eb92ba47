import * as z from 'zod';
import { canonicalRepository, chainOf } from '#events/identity.ts';
import { pipelineRunFinished, pipelineRunQueued, pipelineRunStarted } from '#events/pipelines.ts';
import { commitSchema } from '#events/source-control.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { conclusion, endOf } from './conclusion.ts';
import { action, actorOf, attempt, by, id, read, repository, sender, text, time, url } from './payload.ts';

const runSchema = z.object({
  action,
  repository,
  sender,
  workflow_run: z.object({
    id,
    run_attempt: attempt,
    workflow_id: id,
    name: text(300).nullish(),
    html_url: url,
    head_sha: commitSchema,
    conclusion,
    created_at: time,
    run_started_at: time.nullish(),
    updated_at: time,
  }),
});

/** What every event of a run says. A workflow that is run again keeps its id and counts its attempts. */
const saidOf = ({ repository, sender, workflow_run: run }: z.infer<typeof runSchema>) => ({
  by,
  identity: [canonicalRepository(repository.html_url), run.id, run.run_attempt],
  chain: chainOf(repository.html_url, run.head_sha),
  subject: { id: `${run.id}/${run.run_attempt}`, source: repository.html_url },
  content: { pipelineName: run.name || `workflow ${run.workflow_id}`, uri: run.html_url },
  custom: { system: 'github-actions' as const, commit: run.head_sha, actor: actorOf(sender) },
});

export const translateWorkflowRun = (payload: unknown): Outcome => {
  const parsed = read(runSchema, payload);
  const { action, workflow_run: run } = parsed;
  const said = saidOf(parsed);
  switch (action) {
    case 'requested':
      return emit(pipelineRunQueued.reported({ ...said, time: run.run_started_at ?? run.created_at }));
    case 'in_progress':
      return emit(pipelineRunStarted.reported({ ...said, time: run.updated_at }));
    case 'completed': {
      const end = endOf(run.conclusion);
      if (end === undefined) return skip(`workflow_run.completed: not ended (${run.conclusion ?? 'no conclusion'})`);
      return emit(
        pipelineRunFinished.reported({ ...said, time: run.updated_at, content: { ...said.content, ...end } }),
      );
    }
    default:
      return skip(`workflow_run.${action}: not a step of a run that is told`);
  }
};
