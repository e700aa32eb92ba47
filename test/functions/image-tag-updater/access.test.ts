import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import { createAppTokens } from '#shared/clients/github/app-tokens.ts';
import { githubRepositoryOf } from '#shared/clients/github/where.ts';
import { createAccess } from '#shared/gitops/access.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { intentOf } from '../../shared/gitops/standard.ts';
import { imageOf } from '../rollback-trigger/deployment.ts';
import { app, appKey, openGithub } from './github.ts';
import { manifest } from './gitops.ts';

let world: Awaited<ReturnType<typeof openGithub>>;
/** Fairlead's clock. */
let now: number;
let before: number;

beforeAll(async () => {
  world = await openGithub();
});
beforeEach(() => {
  now = Date.now();
  before = world.github.apiCalls().length;
});
afterEach(() => world.fail(undefined));
afterAll(() => world.end());

const calls = (): number => world.github.apiCalls().length - before;

const signal = (): AbortSignal => AbortSignal.timeout(25_000);

const whole = { ...app, key: appKey, keyName: '/fairlead/dev/gitops/main/app-key' };
const where = () => ({ api: world.github.api, owner: 'acme', repo: 'gitops' });
const contents = { pullRequests: false };

const failure = async (asking: Promise<unknown>): Promise<string> => {
  const error: unknown = await asking.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Upstream);
  return error instanceof Upstream ? `${error.message} ${JSON.stringify(error)} ${String(error.cause)}` : '';
};

describe('a token of a GitHub App', () => {
  test('is for one repository and no more than its contents, and opens it for git', async () => {
    const secrets = new Map([['gitops/main/app-key', appKey]]);
    const access = createAccess({
      secrets: { find: async (path) => secrets.get(path), get: async (path) => secrets.get(path) ?? '' },
      prefix: '/fairlead/dev',
      appTokens: createAppTokens(() => now),
    });
    const gitops = { name: 'main', repository: world.gitops.url, branch: 'main', app, api: world.github.api };
    const opened = await access(gitops, contents, signal());
    const { PATH } = process.env;
    const writer = createWriter({ directory: join(world.folder, 'warm'), environment: { PATH } });
    const wish = intentOf('main-1', 1, { edits: [{ path: 'apps/checkout' }], image: imageOf(1) });
    expect(await writer.write(opened, [wish], signal())).toMatchObject([{ outcome: 'committed' }]);
    expect((await world.gitops.read(manifest('checkout'))).toString()).toContain('newTag: main-1');
    const other = `${world.github.url}/acme/other.git`;
    const header = Buffer.from(`x-access-token:${opened.token}`).toString('base64');
    await expect(
      runGit(world.folder, ['-c', `http.extraHeader=Authorization: Basic ${header}`, 'ls-remote', other]),
    ).rejects.toThrow('could not read Username');
  });

  test('is asked for pull requests only where they are needed', async () => {
    const appTokens = createAppTokens(() => now);
    const one = await appTokens(whole, where(), contents, signal());
    const two = await appTokens(whole, where(), { pullRequests: true }, signal());
    expect(one).not.toBe(two);
    const latest = world.github.tokensIssued().slice(-2);
    expect(latest.map(({ repositories, permissions }) => ({ repositories, permissions }))).toEqual([
      { repositories: ['acme/gitops'], permissions: { contents: 'write' } },
      { repositories: ['acme/gitops'], permissions: { contents: 'write', pull_requests: 'write' } },
    ]);
  });

  test('is kept until shortly before it ends', async () => {
    const appTokens = createAppTokens(() => now);
    const first = await appTokens(whole, where(), contents, signal());
    now += 54 * 60_000;
    expect(await appTokens(whole, where(), contents, signal())).toBe(first);
    now += 2 * 60_000;
    expect(await appTokens(whole, where(), contents, signal())).not.toBe(first);
    expect(calls()).toBe(2);
  });
});

test('an SSH URL is opened by its key, and by a token only where there is one', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const secrets = new Map([
    ['gitops/main/ssh-key', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
    ['gitops/main/signing-key', 'nonsense'],
  ]);
  const find = async (path: string) => secrets.get(path);
  const access = createAccess({
    secrets: { find, get: async (path) => secrets.get(path) ?? '' },
    prefix: '/fairlead/dev',
    appTokens: async () => Promise.reject(new Error('fake: there is no App')),
  });
  const gitops = {
    name: 'main',
    repository: 'git@github.com:acme/gitops.git',
    branch: 'main',
    knownHosts: ['github.com x y'],
  };
  await expect(access(gitops, contents, signal())).rejects.toThrow(
    '/fairlead/dev/gitops/main/signing-key is not a private key',
  );
  secrets.delete('gitops/main/signing-key');
  const opened = await access(gitops, contents, signal());
  expect(opened).toMatchObject({ url: gitops.repository, token: undefined, sign: undefined });
  expect(opened.ssh?.knownHosts).toEqual(gitops.knownHosts);
  expect(JSON.stringify(opened)).not.toContain('PRIVATE KEY');
});

describe('GitHub', () => {
  const ask = () => createAppTokens(() => now)(whole, where(), contents, signal());

  test.each([
    ['is away for a moment', { status: 502 }],
    ['limits, and says for how long', { status: 429, headers: { 'retry-after': '0' } }],
    [
      'limits with 403',
      { status: 403, headers: { 'retry-after': '0' }, body: { message: 'You have exceeded a secondary rate limit' } },
    ],
  ])('that %s is asked again', async (_, answer) => {
    world.fail(() => (calls() === 1 ? answer : undefined));
    expect(await ask()).toMatch(/^ghs_/);
    expect(calls()).toBe(2);
  });

  test.each([
    ['wants more than a moment', { status: 403, headers: { 'retry-after': '60' } }, 'asks for fewer requests'],
    [
      'refuses',
      { status: 403, body: { message: 'Resource not accessible by integration' } },
      'what the App, or the token, may do',
    ],
    ['knows no such installation', { status: 404, body: { message: 'Not Found' } }, 'Check the repository’s name'],
    [
      'knows another key',
      { status: 401, body: { message: 'A JSON web token could not be decoded' } },
      'Check the App’s private key',
    ],
  ])('that %s is left at once, with what to do', async (_, answer, advice) => {
    world.fail(() => answer);
    const said = await failure(ask());
    expect(said).toContain('GitHub did not give a token of App 4711 for acme/gitops');
    expect(said).toContain(advice);
    expect(said).not.toContain('eyJ'); // how every JWT begins
    expect(calls()).toBe(1);
  });

  test('that hangs is left when the time is up', async () => {
    const controller = new AbortController();
    world.fail(() => {
      controller.abort();
      return 'hang';
    });
    const asking = createAppTokens(() => now)(whole, where(), contents, controller.signal);
    expect(await failure(asking)).toContain('the time ran out');
  });

  test('is not asked with what is no key, of which nothing is said', async () => {
    const broken = { ...whole, key: '-----BEGIN RSA PRIVATE KEY-----\nMIIsecret\n-----END RSA PRIVATE KEY-----' };
    const said = await failure(createAppTokens(() => now)(broken, where(), contents, signal()));
    expect(said).toContain('/fairlead/dev/gitops/main/app-key is not a private key');
    expect(said).not.toContain('MII');
    expect(calls()).toBe(0);
  });
});

describe('the API of a repository', () => {
  test.each([
    ['https://github.com/acme/gitops.git', 'https://api.github.com'],
    ['git@github.com:acme/gitops.git', 'https://api.github.com'],
    ['ssh://git@github.acme.dev:2222/acme/gitops.git', 'https://github.acme.dev/api/v3'],
    ['https://github.acme.dev/acme/gitops', 'https://github.acme.dev/api/v3'],
    ['https://acme.ghe.com/acme/gitops/', 'https://api.acme.ghe.com'],
    ['http://127.0.0.1:8080/acme/gitops.git', 'http://127.0.0.1:8080/api/v3'],
  ])('%s is at %s', (repository, api) => {
    expect(githubRepositoryOf({ repository })).toEqual({ api, owner: 'acme', repo: 'gitops' });
  });

  test('is where the configuration says, if it does', () => {
    const repository = 'https://git.acme.dev/acme/gitops.git';
    expect(githubRepositoryOf({ repository, api: 'https://api.acme.dev/' })?.api).toBe('https://api.acme.dev');
  });

  test.each(['https://git.acme.dev/group/sub/gitops.git', 'https://git.acme.dev/gitops.git'])(
    '%s has none',
    (repository) => expect(githubRepositoryOf({ repository })).toBeUndefined(),
  );
});
