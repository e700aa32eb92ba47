import { readdir } from 'node:fs/promises';
import { verify } from '@octokit/webhooks-methods';
import { describe, expect, test } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import { push } from '#local/standins/github/push.ts';
import { author, clearEachTime, files, folder, secret, start } from './world.ts';

clearEachTime();

const zeros = '0'.repeat(40);

describe('a push', () => {
  test('sends a signed webhook with what git says of it', async () => {
    const { receiver, github, repository, url } = await start({ now: () => 1782896400123 });
    const before = await repository.head();
    const commit = await push(url, { files, message: 'Round half up\n\nAs the law says.', author });
    await github.idle();

    expect(await repository.head()).toBe(commit);
    expect(receiver.received).toHaveLength(1);
    const [{ payload, headers, body } = expect.fail()] = receiver.received;
    const who = { ...author, username: 'grace-hopper' };
    const told = {
      id: commit,
      tree_id: (await runGit(repository.directory, ['rev-parse', `${commit}^{tree}`])).toString().trim(),
      distinct: true,
      message: 'Round half up\n\nAs the law says.',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      url: `https://github.com/acme/shop/commit/${commit}`,
      author: who,
      committer: who,
      added: ['apps/checkout/total.ts'],
      removed: ['old'],
      modified: ['README.md'],
    };
    expect(payload).toMatchObject({
      ref: 'refs/heads/main',
      before,
      after: commit,
      created: false,
      deleted: false,
      forced: false,
      base_ref: null,
      compare: `https://github.com/acme/shop/compare/${before?.slice(0, 12)}...${commit.slice(0, 12)}`,
      repository: {
        full_name: 'acme/shop',
        html_url: 'https://github.com/acme/shop',
        clone_url: 'https://github.com/acme/shop.git',
        default_branch: 'main',
        pushed_at: 1782896400,
      },
      pusher: { name: 'grace-hopper', email: 'grace@acme.dev' },
      sender: { login: 'grace-hopper' },
      commits: [told],
      head_commit: told,
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-event': 'push',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-type': 'repository',
      'x-hub-signature': expect.stringMatching(/^sha1=[0-9a-f]{40}$/),
    });
    expect(await verify(secret, body, String(headers['x-hub-signature-256']))).toBe(true);
    expect(await readdir(folder)).toEqual(['served']);
  });

  test('lists all its commits, oldest first', async () => {
    const { receiver, github, git, clone } = await start();
    await clone();
    await git('commit', '--allow-empty', '-m', 'First');
    await git('commit', '--allow-empty', '-m', 'Second');
    await git('push', 'origin', 'main');
    await github.idle();
    expect(receiver.received[0]?.payload).toMatchObject({ commits: [{ message: 'First' }, { message: 'Second' }] });
  });

  test('that makes a branch sends "create" too, and lists only what is new', async () => {
    const { receiver, github, repository, url } = await start();
    const commit = await push(url, { branch: 'feature/totals', files, message: 'Round half up' });
    await github.idle();
    expect(receiver.of('create')[0]?.payload).toMatchObject({ ref: 'feature/totals', ref_type: 'branch' });
    expect(receiver.of('push')[0]?.payload).toMatchObject({
      ref: 'refs/heads/feature/totals',
      before: zeros,
      after: commit,
      created: true,
      base_ref: null,
      compare: `https://github.com/acme/shop/commit/${commit}`,
      commits: [{ id: commit }],
    });
    expect(await repository.head('feature/totals')).toBe(commit);
  });

  test('that makes a branch of what is there names the branch it was', async () => {
    const { receiver, github, repository, git, clone } = await start();
    await clone();
    await git('push', 'origin', 'main:release');
    await github.idle();
    expect(receiver.of('push')[0]?.payload).toMatchObject({
      created: true,
      base_ref: 'refs/heads/main',
      compare: 'https://github.com/acme/shop/compare/release',
      commits: [],
      head_commit: { id: await repository.head(), distinct: false },
    });
  });

  test('that brings commits of another branch says that they are not distinct', async () => {
    const { receiver, github, git, clone, url } = await start();
    const commit = await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', 'origin/feature:refs/heads/main');
    await github.idle();
    expect(receiver.of('push')[1]?.payload).toMatchObject({ commits: [{ id: commit, distinct: false }] });
  });

  test('that deletes a branch sends "delete" too', async () => {
    const { receiver, github, git, clone, url } = await start();
    await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', ':feature');
    await github.idle();
    expect(receiver.of('delete')[0]?.payload).toMatchObject({ ref: 'feature', ref_type: 'branch' });
    const told = { ref: 'refs/heads/feature', after: zeros, deleted: true, commits: [], head_commit: null };
    expect(receiver.of('push')[1]?.payload).toMatchObject(told);
  });

  test('that takes commits away is forced', async () => {
    const { receiver, github, git, clone } = await start();
    await clone();
    await git('commit', '--amend', '-m', 'Start again');
    await git('push', '--force', 'origin', 'main');
    await github.idle();
    expect(receiver.received[0]?.payload).toMatchObject({ forced: true, commits: [{ message: 'Start again' }] });
  });

  test('of an annotated tag names the commit under it', async () => {
    const { receiver, github, repository, git, clone } = await start();
    await clone();
    await git('tag', '-a', 'v1', '-m', 'One');
    await git('push', 'origin', 'v1');
    await github.idle();
    expect(receiver.of('create')[0]?.payload).toMatchObject({ ref: 'v1', ref_type: 'tag' });
    const head = await repository.head();
    expect(receiver.of('push')[0]?.payload).toMatchObject({
      ref: 'refs/tags/v1',
      commits: [],
      head_commit: { id: head },
    });
  });

  test('to a repository without a webhook sends none', async () => {
    const { receiver, github } = await start();
    const { url } = await github.createRepository('acme/gitops', { hooked: false });
    await push(url, { files: { a: 'a' }, message: 'Start' });
    await github.idle();
    expect(receiver.received).toEqual([]);
  });

  test('into an empty repository, of all branches at once, is one webhook each', async () => {
    const { receiver, github, git } = await start();
    const { url } = await github.createRepository('acme/empty', { htmlUrl: 'https://git.acme.dev/acme/empty' });
    await runGit(folder, ['init', '--initial-branch=main', 'clone']);
    await git('commit', '--allow-empty', '-m', 'Start');
    await git('push', url, 'main', 'main:other');
    await github.idle();
    expect(receiver.received.map(({ event }) => event).toSorted()).toEqual(['create', 'create', 'push', 'push']);
    expect(receiver.received[0]?.payload).toMatchObject({
      repository: { html_url: 'https://git.acme.dev/acme/empty' },
    });
  });
});
