import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from '#local/lambda/archive.ts';
import { variablesOf } from '#local/lambda/variables.ts';
import type { LambdaFunction } from '#local/template/model.ts';
import { createRuntimeApi, type Told } from './runtime-api.ts';

export interface EnvironmentOptions {
  /** The folder of AWS's Runtime Interface Client, with its dependencies. */
  readonly runtimeClient: string;
  readonly endpoint: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** A root folder laid out like Lambda's, with Node in it, that is all the function sees. Needs to be root. */
  readonly chroot?: string | undefined;
}

export interface Run extends Told {
  /** What the function and its runtime wrote, to say when it is not as it should be. */
  readonly output: string;
}

/** What Lambda's managed Node.js runtime sets: a bundle has to be what it says it is. */
const nodeOptions = '--no-experimental-require-module --no-experimental-detect-module';

/** Runs what follows in the root folder that stands first there, with a /proc that is gone when it ends. */
const inRoot = [
  '/usr/bin/unshare',
  '--mount',
  '/bin/sh',
  '-c',
  'mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$0" "$@"',
];

/**
 * Starts a function as Lambda would: from its packaged zip alone, unpacked where nothing is around it, under AWS's own Runtime
 * Interface Client. Invokes it once, and ends it.
 */
export const runInEnvironment = async (
  one: LambdaFunction,
  event: unknown,
  { runtimeClient, endpoint, variables = {}, chroot }: EnvironmentOptions,
): Promise<Run> => {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  const api = await createRuntimeApi();
  try {
    const taskRoot = chroot === undefined ? join(folder, 'task') : join(chroot, 'var/task');
    await unpack(one.artifact, taskRoot);
    const scratch = join(folder, 'tmp');
    await mkdir(scratch);
    const set = variablesOf(one, {
      region: 'eu-west-1',
      endpoint,
      accessKeyId: 'ASIALOCAL',
      taskRoot: chroot === undefined ? taskRoot : '/var/task',
      scratch: chroot === undefined ? scratch : '/tmp',
      logStream: 'bundles',
      path: process.env.PATH ?? '',
    });
    const [program = '', ...args] =
      chroot === undefined
        ? [process.execPath, join(runtimeClient, 'index.mjs'), one.handler]
        : [...inRoot, chroot, '/var/lang/bin/node', '/var/runtime/index.mjs', one.handler];
    const child = spawn(program, args, {
      cwd: taskRoot,
      env: {
        ...set,
        AWS_LAMBDA_RUNTIME_API: api.address,
        NODE_OPTIONS: `${nodeOptions} ${set.NODE_OPTIONS ?? ''}`,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const ended = once(child, 'close');
    const died = ended.then(([code]): Told => ({ kind: 'init-error', payload: `The environment ended with ${code}.` }));
    const told = await Promise.race([api.invoke(event, one.arn, one.timeoutSeconds), died]);
    child.kill('SIGKILL');
    await ended;
    return { ...told, output };
  } finally {
    await api.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};
