import { describe, expect, test } from 'vitest';
import { pageOf, pushOf } from '#functions/argocd-sync/push.ts';
import { refreshes } from '#local/standins/argocd/push.ts';
import { commitOf } from '../argocd-webhook/world.ts';

const clones = [
  'https://github.com/acme/gitops.git',
  'https://github.com/acme/gitops',
  'https://github.com/acme/gitops/',
  'https://x-access-token@github.com/acme/gitops.git',
  'https://github.com:443/acme/gitops.git',
  'git@github.com:acme/gitops.git',
  'ssh://git@ssh.github.com:443/acme/gitops.git',
];

describe("a repository's page", () => {
  test.each(clones)('is found from %s', (url) => {
    expect(pageOf(url)).toBe('https://github.com/acme/gitops');
  });

  test('keeps the folders of a self-hosted forge', () => {
    expect(pageOf('http://git.acme.dev:3000/teams/pay/gitops.git')).toBe('https://git.acme.dev/teams/pay/gitops');
    expect(pageOf('http://127.0.0.1:8080/acme/gitops.git')).toBe('https://127.0.0.1/acme/gitops');
  });

  test('is not made up', () => {
    expect(() => pageOf('gitops')).toThrow('is not the URL of a git repository');
  });

  test.each(clones.filter((url) => !url.endsWith('/')))(
    'is what Argo CD matches with an application of %s',
    (repoURL) => {
      for (const repository of clones) {
        const push = { page: pageOf(repository), revision: 'main', touchedHead: true, changedFiles: [] };
        expect(refreshes(push, { repoURL, targetRevision: 'main', refreshPaths: [] })).toBe(true);
      }
    },
  );
});

describe('a push', () => {
  const gitops = { repository: 'git@github.com:acme/gitops.git', branch: 'release/1' };

  test('is what Argo CD reads of one from GitHub', () => {
    const commit = commitOf();
    const { revision } = commit.data.subject.content.gitops;
    expect(pushOf(commit, gitops)).toEqual({
      ref: 'refs/heads/release/1',
      after: revision,
      repository: {
        name: 'gitops',
        full_name: 'acme/gitops',
        html_url: 'https://github.com/acme/gitops',
        default_branch: 'release/1',
      },
      commits: [{ id: revision, timestamp: commit.time, added: [], modified: ['values.yaml'], removed: [] }],
    });
  });

  test('of nothing new names no files, so that everything is refreshed', () => {
    expect(pushOf(commitOf({ changed: false }), gitops).commits).toEqual([]);
  });
});
