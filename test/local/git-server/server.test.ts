import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RefUpdate } from '#local/git-server/push.ts';
import { createGitServer, type GitServer, type GitServerOptions } from '#local/git-server/server.ts';

const execute = promisify(execFile);
let folder: string;
let server: GitServer | undefined;

const start = async (options: Partial<GitServerOptions> = {}): Promise<GitServer> => {
  server = await createGitServer({ root: join(folder, 'served'), ...options });
  return server;
};

const git = async (...args: string[]): Promise<string> => {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@acme.dev'];
  const { stdout } = await execute('git', [...identity, ...args], { cwd: folder, env });
  return stdout.trim();
};

const change = async (clone: string, file: string, content: string): Promise<void> => {
  await writeFile(join(folder, clone, file), content);
  await git('-C', clone, 'add', file);
  await git('-C', clone, 'commit', '--quiet', '-m', `Change ${file}`);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-test-'));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe('fetching', () => {
  it('serves a clone, whole, shallow and without blobs', async () => {
    const { createRepository } = await start();
    const { url, commit } = await createRepository('acme/gitops', { files: { 'a/ä.yaml': 'one\n', b: 'b' } });
    await commit({ message: 'Second', files: { 'a/ä.yaml': 'two\n' } });
    await git('clone', '--quiet', url, 'whole');
    expect(await readFile(join(folder, 'whole/a/ä.yaml'), 'utf8')).toBe('two\n');
    expect(await git('-C', 'whole', 'rev-list', '--count', 'HEAD')).toBe('2');
    await git('clone', '--quiet', '--bare', '--depth=1', '--filter=blob:none', url, 'lean');
    expect(await git('-C', 'lean', 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(await git('-C', 'lean', 'rev-list', '--objects', '--missing=print', 'HEAD')).toMatch(/^\?[0-9a-f]{40}$/m);
  });

  it('speaks protocol version 2 and unzips requests', async () => {
    const { createRepository } = await start();
    const { url, head } = await createRepository('gitops', { files: { a: 'a' } });
    const body = gzipSync('0014command=ls-refs\n00010009peel\n0000');
    const headers = {
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    };
    const response = await fetch(`${url}/git-upload-pack`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`${await head()} refs/heads/main`);
  });

  it('answers 404 to what it does not serve, and never leaves its root', async () => {
    const { url, createRepository } = await start();
    await createRepository('gitops', { files: { a: 'a' } });
    const paths = ['/other.git/info/refs?service=git-upload-pack', '/gitops.git/HEAD', '/gitops.git/info/refs'];
    const escapes = ['/..%2fgitops.git/info/refs?service=git-upload-pack', '/../gitops/git-upload-pack'];
    for (const path of [...paths, ...escapes]) expect((await fetch(`${url}${path}`)).status).toBe(404);
    for (const name of ['../x', '/x', 'a/../b', '.hidden', '', 'a//b', 'x.git'])
      await expect(createRepository(name)).rejects.toThrow("can't be a repository's name");
  });

  it('refuses a request that is too large', async () => {
    const { createRepository } = await start({ maxBytes: 1000 });
    const { url } = await createRepository('gitops', { files: { a: 'a' } });
    const headers = { 'content-type': 'application/x-git-receive-pack-request' };
    const body = randomBytes(5000);
    const response = await fetch(`${url}/git-receive-pack`, { method: 'POST', headers, body }).catch(() => undefined);
    expect([413, undefined]).toContain(response?.status);
  });
});

describe('pushing', () => {
  it('tells of each successful push once, with its refs visible', async () => {
    const told: { updates: RefUpdate[]; head: string | undefined }[] = [];
    const { createRepository } = await start({
      onPush: async (repository, updates) => {
        told.push({ updates, head: await repository.head() });
      },
    });
    const repository = await createRepository('gitops', { files: { a: 'a' } });
    const first = await repository.head();
    await git('clone', '--quiet', repository.url, 'work');
    await change('work', 'a', 'changed');
    await change('work', 'b', randomBytes(100_000).toString('hex'));
    const second = await git('-C', 'work', 'rev-parse', 'HEAD');
    await git('-C', 'work', 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:topic');
    await git('-C', 'work', 'push', '--quiet', 'origin', ':topic');
    await git('-C', 'work', 'push', '--quiet', 'origin', 'HEAD:main');
    const none = '0'.repeat(40);
    expect(told).toEqual([
      {
        updates: [
          { ref: 'refs/heads/main', before: first, after: second },
          { ref: 'refs/heads/topic', before: none, after: second },
        ],
        head: second,
      },
      { updates: [{ ref: 'refs/heads/topic', before: second, after: none }], head: second },
    ]);
    const commits = await repository.commits(first ?? none, second);
    expect(commits).toMatchObject([
      { message: 'Change a', added: [], modified: ['a'], removed: [], author: { name: 'Grace' } },
      { id: second, message: 'Change b', added: ['b'], modified: [], removed: [] },
    ]);
    expect(await repository.commits(none, second)).toHaveLength(3);
  });

  it('says nothing of a push that somebody else was faster than', async () => {
    const told: RefUpdate[][] = [];
    const { createRepository } = await start({
      onPush: (_repository, updates) => void told.push(updates),
      beforePush: async (repository) => void (await repository.commit({ message: 'Faster', files: { a: 'theirs' } })),
    });
    const repository = await createRepository('gitops', { files: { a: 'a' } });
    await git('clone', '--quiet', repository.url, 'work');
    await change('work', 'b', 'mine');
    await expect(git('-C', 'work', 'push', 'origin', 'HEAD:main')).rejects.toThrow(/rejected/);
    expect(told).toEqual([]);
    expect((await repository.read('a')).toString()).toBe('theirs');
  });

  it('wants the token when there is one, and for reading too when private', async () => {
    const { url, createRepository } = await start();
    const open = await createRepository('open', { files: { a: 'a' }, token: 's3cret' });
    await createRepository('closed', { files: { a: 'a' }, token: 's3cret', private: true });
    const status = async (path: string, credentials?: string) => {
      const headers = credentials === undefined ? {} : { authorization: `Basic ${btoa(credentials)}` };
      const response = await fetch(`${url}/${path}`, { headers });
      return [response.status, response.headers.get('www-authenticate')];
    };
    const challenge = 'Basic realm="git"';
    expect(await status('open/info/refs?service=git-upload-pack')).toEqual([200, null]);
    expect(await status('open/info/refs?service=git-receive-pack')).toEqual([401, challenge]);
    expect(await status('open/info/refs?service=git-receive-pack', 'x-access-token:wrong')).toEqual([401, challenge]);
    expect(await status('open/info/refs?service=git-receive-pack', 'x-access-token:s3cret')).toEqual([200, null]);
    expect(await status('closed/info/refs?service=git-upload-pack')).toEqual([401, challenge]);
    expect(await status('closed/info/refs?service=git-upload-pack', 'x-access-token:s3cret')).toEqual([200, null]);
    await git('clone', '--quiet', open.url, 'work');
    await change('work', 'a', 'b');
    await git('-C', 'work', 'push', '--quiet', open.url.replace('//', '//x-access-token:s3cret@'), 'HEAD:main');
  });
});

describe('faults', () => {
  it('answers with the status it was told, cuts in the middle of a pack, or hangs until it closes', async () => {
    const faults = new Map<string, { status: number } | 'hang' | 'cut'>();
    const { createRepository } = await start({ intercept: ({ kind, step }) => faults.get(`${kind} ${step}`) });
    const repository = await createRepository('gitops', { files: { a: randomBytes(200_000).toString('hex') } });
    faults.set('fetch refs', { status: 429 });
    await expect(git('clone', repository.url, 'a')).rejects.toThrow('429');
    faults.clear();
    faults.set('fetch pack', 'cut');
    await expect(git('clone', repository.url, 'a')).rejects.toThrow();
    faults.clear();
    await git('clone', '--quiet', repository.url, 'a');
    await change('a', 'b', 'b');
    faults.set('push pack', 'cut');
    await expect(git('-C', 'a', 'push', 'origin', 'HEAD:main')).rejects.toThrow();
    expect(await repository.head()).toBe(await git('-C', 'a', 'rev-parse', 'HEAD'));
    faults.set('fetch refs', 'hang');
    const hanging = git('clone', repository.url, 'c').catch((error: Error) => error.message);
    await server?.close();
    expect(await hanging).toContain('clone');
  });

  it.runIf(process.platform === 'linux')(
    'leaves no process behind when it closes in the middle of a push',
    async () => {
      const { url, createRepository, close } = await start();
      await createRepository('gitops', { files: { a: 'a' } });
      const stalled = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([48, 48])) });
      const request = { method: 'POST', body: stalled, duplex: 'half' } as const;
      const headers = { 'content-type': 'application/x-git-receive-pack-request' };
      const unanswered = fetch(`${url}/gitops/git-receive-pack`, { ...request, headers })
        .then((response) => response.text())
        .catch(() => 'cut');
      const backends = () => processesIn(folder);
      await expect.poll(backends).toBeGreaterThan(0);
      await close();
      server = undefined;
      expect(await unanswered).toBe('cut');
      expect(await backends()).toBe(0);
    },
  );
});

/** Running processes whose environment names a folder. */
const processesIn = async (name: string): Promise<number> => {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid));
  const environments = await Promise.all(ids.map((id) => readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')));
  return environments.filter((environment) => environment.includes(`HOME=${name}/`)).length;
};
