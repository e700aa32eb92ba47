import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LambdaFunction } from '../template/model.ts';
import { unpack } from './archive.ts';
import { type ExecutionEnvironment, startEnvironment } from './execution-environment.ts';
import { variablesOf } from './variables.ts';

export interface LogLine {
  readonly function: string;
  /** Of the invocation in hand; undefined while the function is being imported. */
  readonly requestId: string | undefined;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** An environment, and what belongs to it. */
export interface Placed {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  /** Whom its log lines belong to from now on. */
  serve(requestId: string | undefined): void;
}

/** Whoever makes AWS calls with an environment's own access key. */
export interface Caller {
  readonly function: LambdaFunction;
  /** The invocation in hand. */
  requestId(): string | undefined;
  /** Kills the environment at once. */
  crash(): void;
}

export interface EnvironmentsOptions {
  readonly root: string;
  readonly region: string;
  readonly endpoint: string;
  onLog(line: LogLine): void;
}

const unpackOnce = (one: LambdaFunction, taskRoot: string) => {
  let unpacking: Promise<void> | undefined;
  return async (): Promise<void> => {
    unpacking ??= mkdir(taskRoot, { recursive: true }).then(() => unpack(one.artifact, taskRoot));
    await unpacking;
  };
};

/** Starts the environments of one function, each with a scratch folder and an access key of its own. */
export const createEnvironments = (one: LambdaFunction, options: EnvironmentsOptions, callers: Map<string, Caller>) => {
  const folder = join(options.root, one.name);
  const taskRoot = join(folder, 'task');
  const unpacked = unpackOnce(one, taskRoot);
  const scratches = new Map<string, string>();

  return {
    start: async (): Promise<Placed> => {
      await unpacked();
      const id = randomBytes(8).toString('hex');
      const accessKeyId = `ASIA${id.toUpperCase()}`;
      const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
      const scratch = await mkdtemp(join(folder, 'tmp-'));
      const { region, endpoint } = options;
      const path = process.env.PATH ?? '';
      let serving: string | undefined;
      const environment = startEnvironment(one, {
        accessKeyId,
        taskRoot,
        variables: variablesOf(one, { region, endpoint, accessKeyId, taskRoot, scratch, logStream, path }),
        onLine: (stream, line) => options.onLog({ function: one.name, requestId: serving, stream, line }),
      });
      scratches.set(accessKeyId, scratch);
      callers.set(accessKeyId, { function: one, requestId: () => serving, crash: environment.crash });
      return {
        environment,
        logStream,
        serve: (requestId) => {
          serving = requestId;
        },
      };
    },
    discard: async ({ environment }: Placed): Promise<void> => {
      await environment.close();
      const scratch = scratches.get(environment.accessKeyId);
      scratches.delete(environment.accessKeyId);
      // A program that the function had started may still write there.
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
