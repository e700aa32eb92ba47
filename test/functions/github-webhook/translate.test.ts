import { describe, expect, test } from 'vitest';
import { chainOf } from '#events/identity.ts';
import { branchPushed } from '#events/source-control.ts';
import { translate } from '#functions/github-webhook/translate.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { before, change, commitOf, head, job, merge, push, ref, review, run, zeros } from './payloads.ts';

const shop = 'https://github.com/acme/shop';

/** The one event of a payload, which must be valid. */
const toldBy = (event: string, payload: unknown) => {
  const { events } = translate(event, payload);
  expect(events).toHaveLength(1);
  for (const told of events) expectValidCdevent(told);
  return events[0]!;
};

const skippedBy = (event: string, payload: unknown) => {
  const { events, skipped } = translate(event, payload);
  expect(events).toEqual([]);
  return skipped;
};

describe('a push', () => {
  test('to a branch is told with its commit, its paths and who pushed', () => {
    expect(toldBy('push', push())).toMatchObject({
      type: 'dev.cdeventsx.github-branch.pushed.0.1.0',
      source: '/fairlead/github-webhook',
      subject: 'acme/shop@main',
      time: '2026-07-01T09:00:00.000Z',
      data: {
        context: { chainId: chainOf(shop, head) },
        subject: {
          id: 'acme/shop@main',
          source: shop,
          content: {
            repository: { id: 'acme/shop', source: shop },
            branch: 'main',
            commit: head,
            before,
            pushedAt: '2026-07-01T09:00:00.000Z',
          },
        },
        customData: {
          actor: { name: 'octocat', by: 'github' },
          paths: { changed: ['apps/checkout/total.ts'], truncated: false },
          message: 'Round half up',
          url: 'https://github.com/acme/shop/compare/9b8c7d6e5f4a...3f2a9c1d5e6b',
        },
      },
    });
  });

  test('names no service: that is for others to know', () => {
    expect(toldBy('push', push())).not.toHaveProperty('service');
  });

  test.each([
    ['of a tag', { ref: 'refs/tags/v1' }, 'push: not to a branch'],
    ['that deletes a branch', { after: zeros, deleted: true }, 'push: a branch was deleted, which "delete" tells'],
  ])('%s is skipped', (_, changes, reason) => {
    expect(skippedBy('push', push(changes))).toBe(reason);
  });

  test('has another id when it is another push of the same commit', () => {
    const again = { ...push().repository, pushed_at: 1782896401 };
    const ids = [push(), push({ repository: again }), push({ before: merge })].map(
      (payload) => toldBy('push', payload).id,
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('keeps the id, chain and trace where only the writing of the URL differs', () => {
    const written = { ...push().repository, html_url: 'https://github.com/Acme/Shop/' };
    const [one, other] = [toldBy('push', push()), toldBy('push', push({ repository: written }))];
    expect([other.id, other.traceparent]).toEqual([one.id, one.traceparent]);
  });
});

const pathsOf = (changes: object) => branchPushed.schema.parse(toldBy('push', push(changes))).data.customData.paths;

describe('the paths of a push', () => {
  test('are what all its commits added, modified and removed', () => {
    const commits = [
      commitOf(before, { added: ['a', 'b'], removed: ['c'] }),
      commitOf(head, { modified: ['b', 'd'], removed: ['a'] }),
    ];
    expect(pathsOf({ commits })).toEqual({ changed: ['a', 'b', 'c', 'd'], truncated: false });
  });

  const commit = commitOf(head, { modified: ['a'] });
  test.each([
    ['the branch is new', { before: zeros, created: true }],
    ['the push was forced', { forced: true }],
    ['the commits are as many as GitHub lists', { commits: Array.from({ length: 2048 }, () => commit) }],
    ['the pushed commit is not among them', { commits: [commitOf(before, { modified: ['a'] })] }],
    ['there are no commits', { commits: [] }],
    ['a commit lists nothing', { commits: [commit, commitOf(before, {})] }],
    ['a commit lists no files at all', { commits: [commit, { id: before }] }],
    [
      'a commit lists as many as GitHub does',
      { commits: [commitOf(head, { added: Array.from({ length: 3000 }, () => 'a') })] },
    ],
    ['a path is longer than an event takes', { commits: [commitOf(head, { added: ['a', 'b'.repeat(1025)] })] }],
  ])('are not all when %s', (_, changes) => {
    const paths = pathsOf(changes);
    expect(paths.truncated).toBe(true);
    expect(paths.changed.length).toBeLessThan(2);
  });

  test('are 500 at most', () => {
    const added = Array.from({ length: 501 }, (_, at) => `path-${at}`);
    expect(pathsOf({ commits: [commitOf(head, { added })] })).toEqual({
      changed: added.slice(0, 500),
      truncated: true,
    });
    expect(pathsOf({ commits: [commitOf(head, { added: added.slice(1) })] }).truncated).toBe(false);
  });
});

describe('a branch', () => {
  test('that is made or deleted is told by its own event, in a chain of its own', () => {
    const created = toldBy('create', ref());
    const deleted = toldBy('delete', ref({ repository: { ...ref().repository, pushed_at: '2026-07-02T09:00:00Z' } }));
    expect(created).toMatchObject({
      type: 'dev.cdevents.branch.created.0.3.0',
      subject: 'acme/shop@feature/totals',
      time: '2026-07-01T09:00:00.000Z',
      data: { customData: { actor: { name: 'octocat', by: 'github' } } },
    });
    expect(deleted).toMatchObject({ type: 'dev.cdevents.branch.deleted.0.3.0', subject: 'acme/shop@feature/totals' });
    expect(deleted.data.context.chainId).toBe(created.data.context.chainId);
  });

  test('is not a tag', () => {
    expect(skippedBy('create', ref({ ref_type: 'tag' }))).toBe('create: not of a branch');
  });
});

describe('a pull request', () => {
  const merged = { merged: true, merge_commit_sha: merge };
  test.each([
    ['opened', {}, 'created.0.4.0', head],
    ['reopened', {}, 'created.0.4.0', head],
    ['synchronize', {}, 'updated.0.3.0', head],
    ['labeled', {}, 'updated.0.3.0', head],
    ['ready_for_review', {}, 'updated.0.3.0', head],
    ['closed', {}, 'abandoned.0.3.0', head],
    ['closed', { merge_commit_sha: merge }, 'abandoned.0.3.0', head],
    ['closed', merged, 'merged.0.3.0', merge],
    ['closed', { merged: true }, 'merged.0.3.0', head],
  ])('%s with %j is a change %s', (action, changes, kind, commit) => {
    expect(toldBy('pull_request', change(action, changes))).toMatchObject({
      type: `dev.cdevents.change.${kind}`,
      subject: 'acme/shop#2',
      time: '2026-07-01T09:00:00.000Z',
      data: { context: { chainId: chainOf(shop, commit) }, customData: { action, number: 2, labels: ['bug'] } },
    });
  });

  test('tells the commit that its merge made, and no trial merge of an open one', () => {
    expect(toldBy('pull_request', change('closed', merged)).data.customData).toMatchObject({ mergeCommit: merge });
    const open = toldBy('pull_request', change('opened', { merge_commit_sha: merge }));
    expect(open.data.customData).not.toHaveProperty('mergeCommit');
  });

  test('tells its description when it is opened, if it has one', () => {
    expect(toldBy('pull_request', change('opened')).data.subject.content).toMatchObject({
      description: 'As the law says.',
    });
    for (const body of [null, ''])
      expect(toldBy('pull_request', change('opened', { body })).data.subject.content).not.toHaveProperty('description');
  });

  test('that gets two labels at once gives two events', () => {
    const labeled = ['bug', 'urgent'].map((name) => toldBy('pull_request', change('labeled', {}, { label: { name } })));
    expect(labeled.map(({ data }) => data.customData)).toMatchObject([{ label: 'bug' }, { label: 'urgent' }]);
    expect(new Set(labeled.map(({ id }) => id)).size).toBe(2);
  });

  test('with an action that nobody knows yet is skipped', () => {
    expect(skippedBy('pull_request', change('teleported'))).toBe(
      'pull_request.teleported: changes nothing that is told',
    );
  });

  test('has bounded text, cut between characters', () => {
    const { data } = toldBy(
      'pull_request',
      change('opened', { title: `${'x'.repeat(298)}\u{1F680}y`, body: 'z'.repeat(5000) }),
    );
    expect(data.customData).toMatchObject({ title: `${'x'.repeat(298)}…` });
    expect(data.subject.content).toMatchObject({ description: `${'z'.repeat(999)}…` });
  });
});

describe('a review', () => {
  test.each([
    ['submitted', '2026-07-01T08:00:00.000Z'],
    ['edited', '2026-07-01T09:00:00.000Z'],
    ['dismissed', '2026-07-01T09:00:00.000Z'],
  ])('%s is told as of %s', (action, time) => {
    expect(toldBy('pull_request_review', review(action))).toMatchObject({
      type: 'dev.cdevents.change.reviewed.0.3.0',
      subject: 'acme/shop#2',
      time,
      data: { context: { chainId: chainOf(shop, head) }, customData: { action, review: { state: 'approved' } } },
    });
  });
});

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

test.each([
  ['ping', { zen: 'Keep it logically awesome.' }, 'ping: no part of a delivery'],
  ['issues', { action: 'opened' }, 'issues.opened: no part of a delivery'],
  ['issues', { action: 'Something that a person wrote' }, 'issues: no part of a delivery'],
  ['star', null, 'star: no part of a delivery'],
])('%s with %j is skipped by name', (event, payload, reason) => {
  expect(skippedBy(event, payload)).toBe(reason);
});
