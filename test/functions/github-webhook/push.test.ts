import { describe, expect, test } from 'vitest';
import { chainOf } from '#events/identity.ts';
import { branchPushed } from '#events/source-control.ts';
import { before, commitOf, head, merge, push, ref, zeros } from './payloads.ts';
import { shop, skippedBy, toldBy } from './told.ts';

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
