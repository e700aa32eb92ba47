import { describe, expect, test } from 'vitest';
import { chainOf } from '#events/identity.ts';
import { head, job, run } from './payloads.ts';
import { shop, skippedBy, toldBy } from './told.ts';

describe('a workflow run', () => {
  test.each([
    ['requested', 'queued', '2026-07-01T09:00:00.000Z'],
    ['in_progress', 'started', '2026-07-01T09:01:00.000Z'],
  ])('%s is a run %s', (action, kind, time) => {
    expect(toldBy('workflow_run', run(action))).toMatchObject({
      type: `dev.cdevents.pipelinerun.${kind}.0.3.0`,
      subject: '1589141559/2',
      time,
      data: {
        context: { chainId: chainOf(shop, head) },
        subject: { content: { pipelineName: 'test', uri: 'https://github.com/acme/shop/actions/runs/1589141559' } },
        customData: { system: 'github-actions', commit: head, actor: { name: 'octocat', by: 'github' } },
      },
    });
  });

  test.each([
    ['success', 'success'],
    ['neutral', 'success'],
    ['failure', 'failure'],
    ['timed_out', 'failure'],
    ['startup_failure', 'error'],
    ['cancelled', 'cancel'],
    ['skipped', 'cancel'],
    ['stale', 'cancel'],
    ['something_new', 'error'],
  ])('that completed as %s has the outcome %s', (conclusion, outcome) => {
    const told = toldBy('workflow_run', run('completed', { conclusion }));
    expect(told).toMatchObject({ type: 'dev.cdevents.pipelinerun.finished.0.3.0', outcome });
    expect(told.data.subject.content).toEqual({
      pipelineName: 'test',
      uri: 'https://github.com/acme/shop/actions/runs/1589141559',
      outcome,
      ...(outcome !== 'success' && { errors: `GitHub's conclusion: ${conclusion}` }),
    });
  });

  test.each([
    ['action_required', 'workflow_run.completed: not ended (action_required)'],
    [null, 'workflow_run.completed: not ended (no conclusion)'],
  ])('that waits for a person (%s) has not finished', (conclusion, reason) => {
    expect(skippedBy('workflow_run', run('completed', { conclusion }))).toBe(reason);
  });

  test('of another attempt is another run', () => {
    const ids = [1, 2].map((run_attempt) => toldBy('workflow_run', run('requested', { run_attempt })).id);
    expect(new Set(ids).size).toBe(2);
  });

  test('without a name is called by its workflow', () => {
    const { content } = toldBy('workflow_run', run('requested', { name: '' })).data.subject;
    expect(content).toMatchObject({ pipelineName: 'workflow 16340987' });
  });
});

describe('a job of a workflow', () => {
  test('in progress is a started task of its run', () => {
    expect(toldBy('workflow_job', job('in_progress'))).toMatchObject({
      type: 'dev.cdevents.taskrun.started.0.3.0',
      subject: '2832853555',
      time: '2026-07-01T09:00:10.000Z',
      data: {
        subject: { content: { taskName: 'unit tests', pipelineRun: { id: '1589141559/2', source: shop } } },
        customData: { system: 'github-actions', kind: 'job', commit: head },
      },
    });
  });

  test('completed is a finished task', () => {
    const payload = job('completed', { conclusion: 'failure', completed_at: '2026-07-01T09:05:00Z' });
    expect(toldBy('workflow_job', payload)).toMatchObject({
      type: 'dev.cdevents.taskrun.finished.0.3.0',
      time: '2026-07-01T09:05:00.000Z',
      outcome: 'failure',
    });
  });

  test.each(['queued', 'waiting'])('that is %s is not told', (action) => {
    expect(skippedBy('workflow_job', job(action))).toBe(`workflow_job.${action}: not a step of a job that is told`);
  });
});
