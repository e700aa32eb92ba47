import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { LambdaFunction } from '../template/model.ts';
import {
  type LambdaError,
  type WorkerInvocation,
  type WorkerMessage,
  type WorkerStart,
  workerMessage,
} from './messages.ts';

/** How an invocation ended; durations are the handler's own, in ms. */
export type Outcome =
  | { readonly ok: true; readonly payload: string; readonly durationMs: number }
  | { readonly ok: false; readonly error: LambdaError; readonly durationMs: number };

/** One worker thread: it takes one invocation at a time, and stays warm in between. */
export interface ExecutionEnvironment {
  readonly accessKeyId: string;
  /** False once the thread is gone: by a time-out, a crash, or its own exit. */
  readonly alive: boolean;
  run(invocation: WorkerInvocation): Promise<Outcome>;
  /** Kills the thread at once, whatever it is doing. */
  crash(): void;
  /** Ends the thread, and resolves when it is gone. */
  close(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly accessKeyId: string;
  readonly taskRoot: string;
  readonly variables: Readonly<Record<string, string>>;
  onLine(stream: 'stdout' | 'stderr', line: string): void;
}

const runtime = new URL('./runtime.ts', import.meta.url);

/** Lambda gives a function ten seconds to import itself. */
const initializationLimitMs = 10_000;

const startWorker = ({ handler }: LambdaFunction, { taskRoot, variables, onLine }: EnvironmentOptions): Worker => {
  const workerData: WorkerStart = { taskRoot, handler };
  const worker = new Worker(runtime, {
    env: variables,
    workerData,
    execArgv: [],
    argv: [],
    stdout: true,
    stderr: true,
  });
  const relay = (stream: 'stdout' | 'stderr', input: Readable) =>
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => onLine(stream, line));
  relay('stdout', worker.stdout);
  relay('stderr', worker.stderr);
  return worker;
};

const timedOut = (requestId: string, limitMs: number): LambdaError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`,
});

const exited = (requestId: string, reason: string): LambdaError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited ${reason}`,
});

export const startEnvironment = (one: LambdaFunction, options: EnvironmentOptions): ExecutionEnvironment => {
  const worker = startWorker(one, options);
  const gone = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<void>();
  let alive = true;
  let lastWord: LambdaError | undefined;
  let answered: (message: WorkerMessage) => void = () => undefined;

  worker.on('message', (raw: unknown) => {
    const message = workerMessage.parse(raw);
    if (message.kind === 'ready') ready.resolve();
    else if (message.kind === 'fatal') lastWord = message.error;
    else answered(message);
  });
  worker.on('error', (error) => {
    lastWord = { errorType: error.name, errorMessage: error.message };
  });
  worker.on('exit', (code) => {
    alive = false;
    gone.resolve(code === 0 ? 'without providing a reason' : `with error: exit status ${code}`);
  });

  const stop = (): void => {
    alive = false;
    void worker.terminate();
  };

  const within = async (limitMs: number, answer: Promise<Outcome>, requestId: string): Promise<Outcome> => {
    const started = performance.now();
    const lost = (error: LambdaError): Outcome => ({ ok: false, error, durationMs: performance.now() - started });
    const expired = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => {
      stop();
      expired.resolve(lost(timedOut(requestId, limitMs)));
    }, limitMs);
    const crashed = gone.promise.then((reason) => lost(lastWord ?? exited(requestId, reason)));
    return await Promise.race([answer, expired.promise, crashed]).finally(() => clearTimeout(timer));
  };

  const initialize = (requestId: string): Promise<Outcome> =>
    within(
      initializationLimitMs,
      ready.promise.then(() => ({ ok: true, payload: '', durationMs: 0 })),
      requestId,
    );

  return {
    accessKeyId: options.accessKeyId,
    get alive() {
      return alive;
    },
    run: async (invocation) => {
      const { awsRequestId } = invocation.context;
      const initialized = await initialize(awsRequestId);
      if (!initialized.ok) return initialized;
      const answer = new Promise<Outcome>((resolve) => {
        answered = (message) => {
          if (message.kind === 'result')
            resolve({ ok: true, payload: message.payload, durationMs: message.durationMs });
          if (message.kind === 'error') resolve({ ok: false, error: message.error, durationMs: message.durationMs });
        };
      });
      worker.postMessage(invocation);
      return await within(invocation.timeLimitMs, answer, awsRequestId);
    },
    crash: stop,
    close: async () => {
      stop();
      await gone.promise;
    },
  };
};
