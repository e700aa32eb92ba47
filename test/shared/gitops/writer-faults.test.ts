import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '#local/git-server/service.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { intentOf } from './standard.ts';
import { createWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);
const intent = intentOf('main-1', 1);

const failure = async (
  options: Parameters<World['writer']>[0] = {},
  repository = world.repository,
): Promise<string> => {
  const error: unknown = await world
    .writer(options)
    .write(repository, [intent], signal())
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Upstream);
  return error instanceof Upstream ? error.message : '';
};

/** Every file below a folder, and every running process that was started for it. */
const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

const processesOf = async (name: string): Promise<number> => {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid));
  const environments = await Promise.all(ids.map((id) => readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')));
  return environments.filter((environment) => environment.includes(`HOME=${name}`)).length;
};

const ends = ['fetch refs', 'push pack'];
/** Between the ends it is the same; each step is a copy of its own. */
const between = process.env.FAIRLEAD_SLOW ? ['fetch pack', 'push refs'] : [];

describe('a server that fails', () => {
  it.each([
    ['401', { status: 401 }, 'Check that the token of the GitOps repository "main"', ends],
    ['403', { status: 403 }, 'Check that the token of the GitOps repository "main"', ['push pack']],
    ['404', { status: 404 }, 'Check gitops.main.repository', ends],
    ['429', { status: 429 }, 'asks for fewer requests', ends],
    ['500', { status: 500 }, 'It is tried again later', [...ends, ...between]],
    ['a redirect', { status: 301, headers: { location: 'http://127.0.0.1:1/x' } }, 'has moved', ['fetch refs']],
    ['a connection that is closed', 'reset', 'It is tried again later', [...ends, ...between]],
    // A push whose answer is cut is done: see "killed after its push".
    ['a cut in the middle of an answer', 'cut', 'It is tried again later', ['fetch refs', 'fetch pack', 'push refs']],
  ] satisfies [string, Fault, string, string[]][])(
    'with %s throws what a retry may heal, and says what to do',
    async (_name, fault, next, steps) => {
      const faults = new Map<string, Fault>();
      world = await createWorld({ intercept: ({ kind, step }) => faults.get(`${kind} ${step}`) });
      for (const step of steps) {
        faults.clear();
        faults.set(step, fault);
        const message = await failure();
        expect(message).toContain(`The GitOps repository "main" (${world.repository.url}, branch main)`);
        expect(message).toContain('for checkout/staging: ');
        expect(message).toContain(next);
      }
      expect(await world.subjects()).toEqual(['Start']);
      faults.clear();
      expect(await world.writer().write(world.repository, [intent], signal())).toMatchObject([
        { outcome: 'committed' },
      ]);
    },
  );

  it('that is not there is named', async () => {
    world = await createWorld();
    await world.server.close();
    expect(await failure()).toContain('Failed to connect');
  });

  it('that hangs is left when the time is up, with no process and no half a copy behind', async () => {
    const controller = new AbortController();
    const cases: [string, Fault][] = [
      ['fetch pack', 'stall'],
      ['fetch pack', 'hang'],
      ['push pack', 'hang'],
    ];
    for (const [step, fault] of cases) {
      world = await createWorld({
        intercept: (request) => {
          if (`${request.kind} ${request.step}` !== step) return undefined;
          setTimeout(() => abort.abort(), 100);
          return fault;
        },
      });
      const abort = new AbortController();
      const directory = join(world.folder, 'kept');
      const write = world.writer({ directory }).write(world.repository, [intent], abort.signal);
      await expect(write).rejects.toThrow('the time ran out before it had answered');
      expect(await filesBelow(directory)).toEqual([]);
      await expect.poll(() => processesOf(directory)).toBe(0);
      if (step === 'fetch pack') await world.end();
    }
    controller.abort();
    await expect(world.writer().write(world.repository, [intent], controller.signal)).rejects.toThrow(Upstream);
  });

  it('without the branch is told to have one', async () => {
    world = await createWorld();
    const message = await failure({}, { ...world.repository, branch: 'release' });
    expect(message).toContain('Create the branch release, or correct gitops.main.branch');
  });

  it('is not confused with a git that was killed, or that is not there', async () => {
    world = await createWorld();
    const binary = join(world.folder, 'git-that-dies');
    await writeFile(binary, '#!/bin/sh\nkill -9 $$\n');
    await chmod(binary, 0o755);
    expect(await failure({ binary })).toContain('signal');
    expect(await failure({ binary: join(world.folder, 'no-git') })).toContain('ENOENT');
  });
});

describe('the token', () => {
  const token = 'ghs_t0ken+/=secret';

  /** A git that writes down how it was called, then does what it was asked. */
  const spy = async (): Promise<{ binary: string; calls: () => Promise<string> }> => {
    const [binary, log] = [join(world.folder, 'git-that-tells'), join(world.folder, 'calls.log')];
    await writeFile(binary, `#!/bin/sh\necho "$@" >> ${log}\nexec git "$@"\n`);
    await chmod(binary, 0o755);
    return { binary, calls: () => readFile(log, 'utf8') };
  };

  it('opens the repository, and is in no argument and no file', async () => {
    world = await createWorld({ token });
    const { binary, calls } = await spy();
    const directory = join(world.folder, 'kept');
    const writer = world.writer({ binary, directory });
    expect(await writer.write(world.repository, [intent], signal())).toMatchObject([{ outcome: 'committed' }]);
    expect(await world.writer({ binary }).write(world.repository, [intent], signal())).toMatchObject([
      { outcome: 'committed' },
    ]);
    const spellings = [token, encodeURIComponent(token), Buffer.from(`x-access-token:${token}`).toString('base64')];
    const kept = await filesBelow(directory);
    expect(kept.length).toBeGreaterThan(5);
    const texts = [await calls(), ...(await Promise.all(kept.map((file) => readFile(file, 'latin1'))))];
    for (const text of texts) for (const spelling of spellings) expect(text).not.toContain(spelling);
    expect(await calls()).toContain('fast-import');
  });

  it('is in no message, also where git or the server repeats it', async () => {
    world = await createWorld({ token });
    const wrong = `${token}-wrong`;
    expect(await failure({}, { ...world.repository, token: wrong })).not.toContain(wrong);
    const binary = join(world.folder, 'git-that-talks');
    await writeFile(
      binary,
      '#!/bin/sh\necho "fatal: $GIT_CONFIG_VALUE_0 $GIT_CONFIG_VALUE_1 https://ada:pass@acme.dev/x" >&2\nexit 128\n',
    );
    await chmod(binary, 0o755);
    const message = await failure({ binary });
    expect(message).toContain('X-Fairlead-Pass: *** https://***@acme.dev/x');
  });

  it('is missed with a message that says so', async () => {
    world = await createWorld({ token });
    expect(await failure({}, { ...world.repository, token: undefined })).toContain('Check that the token');
  });
});

describe('our own environment', () => {
  it('does not reach git: no identity, hooks, tracing or rewritten URLs of whoever runs it', async () => {
    world = await createWorld();
    const home = join(world.folder, 'home');
    await mkdir(home);
    await writeFile(
      join(home, '.gitconfig'),
      '[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://\n[commit]\n\tgpgSign = true\n',
    );
    const environment = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: home,
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: '/nowhere',
      GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
      GIT_TRACE: join(world.folder, 'trace.log'),
      GIT_AUTHOR_NAME: 'Somebody',
    };
    expect(await world.writer({ environment }).write(world.repository, [intent], signal())).toMatchObject([
      { outcome: 'committed' },
    ]);
    expect(await readdir(world.folder)).not.toContain('trace.log');
  });
});
