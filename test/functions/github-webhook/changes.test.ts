import { describe, expect, test } from 'vitest';
import { chainOf } from '#events/identity.ts';
import { change, head, merge, review } from './payloads.ts';
import { shop, skippedBy, toldBy } from './told.ts';

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
