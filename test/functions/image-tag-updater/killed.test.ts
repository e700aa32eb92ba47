import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { createGitServer, type GitServer } from '#local/git-server/server.ts';
import { install } from '../../shared/gitops/hooks.ts';
import { manifest, manifestOf, wish } from './gitops.ts';
import type { Task } from './killed/messages.ts';
import { bundle, startUpdater, type Updater } from './killed/processes.ts';
import { expectNothingLost } from './nothing-lost.ts';

let folder: string;
let file: string;
let server: GitServer;
/** Of each repository: what is done when git asks something of the server. */
const whenAsked = new Map<string, (step: string) => Promise<void>>();
/** Where it may take its time it kills at more steps: also at those that are like one before them, and where a copy is warm. */
const all = Boolean(process.env.FAIRLEAD_SLOW);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-test-'));
  file = await bundle(folder);
  server = await createGitServer({
    root: join(folder, 'served'),
    intercept: async ({ repository, kind, step }) => {
      await whenAsked.get(repository)?.(`${kind} ${step}`);
      return undefined;
    },
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A way to die: changes the task, or sees to it that the process that gets it is killed on its way. */
type Death = (task: Task, updater: Updater) => Promise<Task>;

/** A git that, instead of its nth start, kills whoever starts it. Without a number it only writes down what it was called for. */
const fatalGit = async (name: string, fatal = 0): Promise<string> => {
  const binary = join(folder, name);
  const script = `echo "$@" >> ${binary}.log
if [ $(grep -c '' ${binary}.log) = ${fatal} ]; then kill -9 $PPID; exit 1; fi
exec git "$@"`;
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  return binary;
};

/** What each git was called for, in their order: `fetch`, `cat-file` … */
const calledFor = async (binary: string): Promise<string[]> =>
  (await readFile(`${binary}.log`, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.replace(/^(-c \S+ )*/, '').split(' ')[0] ?? '');

/** The steps that are like none before them, or all of them. */
const toKillAt = (steps: readonly string[]): number[] =>
  steps.flatMap((step, at) => (all || steps.indexOf(step) === at ? [at + 1] : []));

/**
 * One repository, and each new image of it written by a process that dies, and then by another one: in a new folder each, or
 * in one that stays `warm`.
 */
const open = async (name: string, { warm = false } = {}) => {
  const served = await server.createRepository(name, {
    files: { [manifest('checkout')]: manifestOf('checkout', { app: 0 }) },
  });
  const requests: AnyEvent[] = [];
  const published: AnyEvent[] = [];
  const start = (): Updater => startUpdater(file, (events) => published.push(...events));
  let [current, next] = [start(), start()];

  const taskOf = (): Task => {
    const request = wish(requests.length + 1);
    requests.push(request);
    return {
      url: served.url,
      directory: join(folder, warm ? name : `${name}-${requests.length}`),
      binary: 'git',
      requests: [request],
    };
  };

  return {
    served,
    /** Writes an image undisturbed. */
    write: async (binary = 'git'): Promise<void> => {
      expect(await current.handle({ ...taskOf(), binary })).toEqual([]);
    },
    die: async (death: Death): Promise<void> => {
      const task = taskOf();
      expect(await current.handle(await death(task, current))).toBeUndefined();
      whenAsked.delete(name);
      [current, next] = [next, start()];
      expect(await current.handle(task)).toEqual([]);
      // And some come once more: what is told then has the same bytes.
      if (requests.length % 3 === 0) expect(await current.handle(task)).toEqual([]);
    },
    end: async (): Promise<void> => {
      await Promise.all([current.kill(), next.kill()]);
      await expectNothingLost(served, { requests, published, kept: [] });
      const commits = await served.commits('0', (await served.head()) ?? '0', 1000);
      expect(commits).toHaveLength(requests.length + 1);
    },
  };
};

/** Kills the process at its nth request to the server; what git it has started goes on without it. */
const atRequest =
  (name: string, fatal: number): Death =>
  async (task, updater) => {
    let requests = 0;
    whenAsked.set(name, async () => {
      requests += 1;
      if (requests === fatal) await updater.kill();
    });
    return task;
  };

/** Kills the process when the server has taken its push, and before git has heard of that. */
const whenPushed =
  (served: ServedRepository): Death =>
  async (task, updater) => {
    await install(served, 'post-receive', `kill -9 ${updater.pid} 2> /dev/null; exit 0`);
    return task;
  };

/** Twenty processes take their time on a machine that has other work. */
const slow = { timeout: 120_000 };

describe.concurrent(
  'a process that is killed leaves its message, and the next one writes each image once',
  slow,
  () => {
    it.each(all ? ['cold', 'warm'] : ['cold'])(
      'before each kind of git of a %s copy, before it publishes, and after it has published',
      async (copy) => {
        const world = await open(copy, { warm: copy === 'warm' });
        if (copy === 'warm') await world.write();
        const counting = await fatalGit(`git-that-counts-${copy}`);
        await world.write(counting);
        const steps = await calledFor(counting);
        expect(steps).toEqual(expect.arrayContaining(['fast-import', 'push']));
        for (const fatal of toKillAt(steps)) {
          const binary = await fatalGit(`git-that-kills-${copy}-${fatal}`, fatal);
          await world.die(async (task) => ({ ...task, binary }));
        }
        await world.die(async (task) => ({ ...task, dies: 'before it publishes' }));
        await world.die(async (task) => ({ ...task, dies: 'after it has published' }));
        await world.end();
      },
    );

    it('at each request to the server, and when its push was taken', async () => {
      const world = await open('server');
      const steps: string[] = [];
      whenAsked.set('server', async (step) => void steps.push(step));
      await world.write();
      expect(new Set(steps).size).toBe(4);
      for (const fatal of toKillAt(steps)) await world.die(atRequest('server', fatal));
      await world.die(whenPushed(world.served));
      await world.end();
    });
  },
);
