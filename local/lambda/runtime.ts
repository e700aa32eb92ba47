// What runs inside a worker thread: Lambda's Node.js runtime, as far as a handler can see it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { LambdaError, WorkerInvocation, WorkerMessage, WorkerStart } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

class RuntimeError extends Error {}

const runtimeError = (name: string, message: string, cause?: unknown): RuntimeError => {
  const error = new RuntimeError(message, { cause });
  error.name = `Runtime.${name}`;
  return error;
};

const toLambdaError = (error: unknown): LambdaError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

/** Answers come after everything that was logged before them. */
const say = async (message: WorkerMessage): Promise<void> => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  parentPort?.postMessage(message);
};

const importModule = async (file: string): Promise<Record<string, unknown>> => {
  const found = ['.js', '.mjs', '.cjs'].map((extension) => file + extension).find((path) => existsSync(path));
  if (found === undefined) throw runtimeError('ImportModuleError', `Cannot find module '${file}'`);
  try {
    return await import(pathToFileURL(found).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError('UserCodeSyntaxError', error.message, error);
    throw error;
  }
};

const loadHandler = async ({ taskRoot, handler }: WorkerStart): Promise<Handler> => {
  const dot = handler.indexOf('.', handler.lastIndexOf('/') + 1);
  const module = await importModule(join(taskRoot, handler.slice(0, dot)));
  const found = module[handler.slice(dot + 1)];
  if (!isHandler(found)) throw runtimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  return found;
};

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

const answer = async (handler: Handler, { payload, context, timeLimitMs, traceId }: WorkerInvocation) => {
  process.env._X_AMZN_TRACE_ID = traceId;
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  try {
    const result = await handler(JSON.parse(payload), {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(timeLimitMs - elapsed())),
    });
    const durationMs = elapsed();
    await say({ kind: 'result', payload: JSON.stringify(result) ?? 'null', durationMs });
  } catch (error) {
    const durationMs = elapsed();
    await say({ kind: 'error', error: toLambdaError(error), durationMs });
  }
};

const die = (error: Error): void => {
  void say({ kind: 'fatal', error: toLambdaError(error) }).then(() => process.exit(128));
};

process.on('uncaughtException', die);
process.on('unhandledRejection', (reason) => {
  die(
    runtimeError(
      'UnhandledPromiseRejection',
      reason instanceof Error ? String(reason) : JSON.stringify(reason),
      reason,
    ),
  );
});

const start: WorkerStart = workerData;
try {
  const handler = await loadHandler(start);
  parentPort?.on('message', (invocation: WorkerInvocation) => void answer(handler, invocation));
  await say({ kind: 'ready' });
} catch (error) {
  die(error instanceof Error ? error : new Error(String(error)));
}
