import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '@octokit/webhooks-methods';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { translate } from '#functions/github-webhook/translate.ts';
import { runGit } from '#local/git-server/run-git.ts';
import { push } from '#local/standins/github/push.ts';
import { createGithubStandin, type GithubOptions } from '#local/standins/github/standin.ts';
import { expectValidCdevent } from '../../../cdevents.ts';
import { realPayloads } from '../../../functions/github-webhook/real-payloads.ts';
import { createReceiver } from './receiver.ts';

const secret = "It's a Secret to Everybody";
const zeros = '0'.repeat(40);

let folder: string;
const closes: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'github-standin-test-'));
});

afterEach(async () => {
  for (const close of closes.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

const start = async (options: Partial<GithubOptions> = {}, status: number | 'never' = 202) => {
  const receiver = await createReceiver(status);
  const served = { root: join(folder, 'served'), webhookUrl: receiver.url, secret };
  const github = await createGithubStandin({ ...served, ...options });
  closes.push(github.close, receiver.close);
  const repository = await github.createRepository('acme/shop', { files: { 'README.md': '# shop\n', old: 'old\n' } });
  /** Git in a clone, as somebody at a keyboard. */
  const git = async (...args: string[]): Promise<string> => {
    const printed = await runGit(join(folder, 'clone'), [
      '-c',
      'user.name=Grace Hopper',
      '-c',
      'user.email=grace@acme.dev',
      ...args,
    ]);
    return printed.toString('utf8').trim();
  };
  const clone = () => runGit(folder, ['clone', repository.url, 'clone']);
  return { receiver, github, repository, git, clone, url: github.cloneUrl('acme/shop') };
};

const files = { 'apps/checkout/total.ts': 'half up\n', 'README.md': '# the shop\n', old: null };
const author = { name: 'Grace Hopper', email: 'grace@acme.dev' };

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

/** The paths of all fields with the type of what stands there; an empty list or null says nothing of what might. */
const typesOf = (value: unknown, path = ''): [string, string][] => {
  if (Array.isArray(value))
    return [[path, 'array'], ...value.slice(0, 1).flatMap((item) => typesOf(item, `${path}[]`))];
  if (value === null || typeof value !== 'object') return [[path, value === null ? 'null' : typeof value]];
  return [[path, 'object'], ...Object.entries(value).flatMap(([key, item]) => typesOf(item, `${path}.${key}`))];
};

/** Fields that are null here or there may be of any type. */
const nullable = new Set(['.base_ref', '.repository.language', '.repository.license', '.repository.description']);

describe('the payloads', () => {
  test('have every field of the real ones, with its type', async () => {
    const { receiver, github, git, clone, url } = await start();
    await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', ':feature');
    await github.idle();
    for (const event of ['push', 'create', 'delete']) {
      // Some lack fields that came later: the fullest is the one to be like.
      const real = realPayloads()
        .filter(({ name }) => name === event)
        .map(({ payload }) => typesOf(payload))
        .reduce((fullest, types) => (types.length > fullest.length ? types : fullest));
      const sent = new Map(typesOf(receiver.of(event)[0]?.payload));
      const missing = real.filter(([path, type]) => {
        // Only the hook of a GitHub App names an installation, and only that of an organization names it.
        if (/^\.(installation|organization)/.test(path) || nullable.has(path)) return false;
        return sent.get(path) !== type;
      });
      expect({ event, missing }).toEqual({ event, missing: [] });
    }
  });

  test('are understood by github-webhook', async () => {
    const { receiver, github, git, clone, url } = await start();
    const commit = await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', 'origin/feature:refs/heads/main', ':feature');
    await github.idle();
    const outcomes = receiver.received.map(({ event, payload }) => translate(event, payload));
    const events = outcomes.flatMap(({ events }) => events);
    for (const event of events) expectValidCdevent(event);
    expect(events.map(({ type, subject }) => `${type.split('.').slice(-4, -3)} ${subject}`).toSorted()).toEqual([
      'created acme/shop@feature',
      'deleted acme/shop@feature',
      'pushed acme/shop@feature',
      'pushed acme/shop@main',
    ]);
    expect(events.find(({ subject }) => subject === 'acme/shop@main')?.data.customData).toMatchObject({
      paths: { changed: ['apps/checkout/total.ts', 'README.md', 'old'], truncated: false },
      message: 'Round half up',
      actor: { name: 'ada', by: 'github' },
      url: expect.stringContaining(commit.slice(0, 12)),
    });
  });
});

describe('a delivery', () => {
  test('is listed with its answer, and told to who listens', async () => {
    const { github, url } = await start({}, 302);
    const heard: string[] = [];
    github.subscribe(({ event }) => heard.push(event));
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    const told = { event: 'push', repository: 'acme/shop', status: 302, redelivered: false };
    expect(github.deliveries()).toMatchObject([told]);
    expect(heard).toEqual(['push']);
  });

  test('that fails is not sent again, but by hand, with the same id and bytes', async () => {
    const { receiver, github, url } = await start({}, 500);
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    const [{ id } = expect.fail()] = github.deliveries();
    expect(receiver.received).toHaveLength(1);
    github.redeliver(id);
    await github.idle();
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['x-github-delivery']).toBe(id);
    expect(github.deliveries()).toMatchObject([
      { id, redelivered: false },
      { id, redelivered: true },
    ]);
  });

  test('that is not answered in time is given up', async () => {
    const { github, url } = await start({ patience: 50 }, 'never');
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(github.deliveries()).toMatchObject([{ status: 'timed out' }]);
  });

  test('to nobody has no answer, and the push is done all the same', async () => {
    const { github, repository, url } = await start({ webhookUrl: 'http://127.0.0.1:1/' });
    const commit = await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(github.deliveries()).toMatchObject([{ status: 'no answer' }]);
    expect(await repository.head()).toBe(commit);
  });

  test('that GitHub loses never comes, until somebody delivers it again', async () => {
    const { receiver, github, url } = await start({ faults: { loses: (event) => event === 'push' } });
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(receiver.received).toEqual([]);
    const [{ id, status } = expect.fail()] = github.deliveries();
    expect(status).toBe('lost');
    github.redeliver(id);
    await github.idle();
    expect(receiver.received).toHaveLength(1);
  });

  test('that is delayed comes later', async () => {
    const { receiver, github, url } = await start({ faults: { delays: (event) => (event === 'create' ? 100 : 0) } });
    await push(url, { branch: 'feature', files, message: 'Round half up' });
    await github.idle();
    expect(receiver.received.map(({ event }) => event)).toEqual(['push', 'create']);
  });

  test('that nobody knows cannot be delivered again', async () => {
    const { github } = await start();
    expect(() => github.redeliver('72d3162e')).toThrow('GitHub has no delivery 72d3162e');
  });

  test('under way does not hold up the end', async () => {
    const { github, url } = await start({}, 'never');
    await push(url, { files, message: 'Round half up' });
    closes.shift();
    await github.close();
    expect(github.deliveries()).toMatchObject([{ status: 'no answer' }]);
  });
});
