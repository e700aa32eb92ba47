import * as z from 'zod';
import { canonicalRepository, chainOf } from '#events/identity.ts';
import { taskRunFinished, taskRunStarted } from '#events/pipelines.ts';
import { commitSchema } from '#events/source-control.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { conclusion, endOf } from './conclusion.ts';
import { action, actorOf, attempt, by, id, read, repository, sender, text, time, url } from './payload.ts';

const jobSchema = z.object({
  action,
  repository,
  sender,
  workflow_job: z.object({
    id,
    run_id: id,
    run_attempt: attempt,
    name: text(300).pipe(z.string().min(1)),
    html_url: url,
    head_sha: commitSchema,
    conclusion,
    started_at: time,
    completed_at: time.nullish(),
  }),
});

/** What every event of a job says. A job that is run again is another job. */
const saidOf = ({ repository, sender, workflow_job: job }: z.infer<typeof jobSchema>) => ({
  by,
  identity: [canonicalRepository(repository.html_url), job.id],
  chain: chainOf(repository.html_url, job.head_sha),
  subject: { id: job.id, source: repository.html_url },
  content: {
    taskName: job.name,
    uri: job.html_url,
    pipelineRun: { id: `${job.run_id}/${job.run_attempt}`, source: repository.html_url },
  },
  custom: { system: 'github-actions', commit: job.head_sha, actor: actorOf(sender), kind: 'job' } as const,
});

/** A job that waits (`queued`, `waiting`) is not told: CDEvents has no word for it. */
export const translateWorkflowJob = (payload: unknown): Outcome => {
  const parsed = read(jobSchema, payload);
  const { action, workflow_job: job } = parsed;
  const said = saidOf(parsed);
  switch (action) {
    case 'in_progress':
      return emit(taskRunStarted.reported({ ...said, time: job.started_at }));
    case 'completed': {
      const end = endOf(job.conclusion);
      if (end === undefined) return skip(`workflow_job.completed: not ended (${job.conclusion ?? 'no conclusion'})`);
      const time = job.completed_at ?? job.started_at;
      return emit(taskRunFinished.reported({ ...said, time, content: { ...said.content, ...end } }));
    }
    default:
      return skip(`workflow_job.${action}: not a step of a job that is told`);
  }
};
