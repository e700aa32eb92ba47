import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LambdaFunction, Model } from '../template/model.ts';
import type { Activity } from './activity.ts';
import { createAsynchronousQueue, type Failure } from './asynchronous.ts';
import { type Caller, createEnvironments, type LogLine } from './environments.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { asynchronousPayloadLimit, type Invocation, invokeOnce, synchronousPayloadLimit } from './invoke.ts';

/** The payload is greater than Lambda takes. */
export class PayloadTooLarge extends Error {
  override readonly name = 'PayloadTooLarge';
}

/** There is no function of that name. */
export class UnknownFunction extends Error {
  override readonly name = 'UnknownFunction';
}

export interface Lambda {
  /** When its functions became what they are. */
  readonly startedAt: Date;
  /** By name, ARN or qualified ARN. */
  find(reference: string): LambdaFunction;
  /** Runs the function and waits; `payload` is JSON. */
  invoke(reference: string, payload: string, requestId?: string): Promise<Invocation>;
  /** Takes the event over, as EventBridge has it: retried, and in the end recorded in the failure destination. */
  invokeLater(reference: string, payload: string): { readonly requestId: string };
  /** Whose access key this is, if it is a function's. */
  callerOf(accessKeyId: string): Caller | undefined;
  close(): Promise<void>;
}

export interface LambdaOptions {
  readonly model: Model;
  readonly endpoint: string;
  readonly activity: Activity;
  /** At most so many environments of a function at once; its reserved concurrency may lower it. */
  readonly concurrency: number;
  retryDelay(attempt: number): number;
  /** How long a second of a function's time limit lasts, in ms. */
  milliseconds(seconds: number): number;
  send(queueArn: string, body: string): void;
  onInvocation(invocation: Invocation): void;
  onFailure(failure: Failure): void;
  onLog(line: LogLine): void;
}

const checkSize = (payload: string, limit: number): void => {
  const bytes = Buffer.byteLength(payload);
  if (bytes > limit) throw new PayloadTooLarge(`${bytes} byte payload is too large (limit ${limit} bytes)`);
};

const createPools = (options: LambdaOptions, root: string, callers: Map<string, Caller>) => {
  const { model, endpoint, concurrency, onLog } = options;
  const toPool = (one: LambdaFunction): FunctionPool => {
    const { start, discard } = createEnvironments(one, { root, region: model.region, endpoint, onLog }, callers);
    return createFunctionPool(Math.min(concurrency, one.reservedConcurrency ?? concurrency), start, discard);
  };
  return new Map(model.functions.map((one) => [one.arn, { one, pool: toPool(one) }]));
};

/** Runs the functions of a model, each from its packaged zip. */
export const createLambda = async (options: LambdaOptions): Promise<Lambda> => {
  const { activity, retryDelay, milliseconds, send, onFailure, onInvocation } = options;
  const root = await mkdtemp(join(tmpdir(), 'fairlead-lambda-'));
  const callers = new Map<string, Caller>();
  const pools = createPools(options, root, callers);

  const lookUp = (reference: string) => {
    const name = reference.split(':')[6] ?? reference;
    const found = [...pools.values()].find(({ one }) => one.name === name);
    if (found === undefined) throw new UnknownFunction(`Function not found: ${reference}`);
    return found;
  };

  const run = async (reference: string, payload: string, requestId: string): Promise<Invocation> => {
    const { one, pool } = lookUp(reference);
    const end = activity.begin();
    try {
      const timeLimitMs = milliseconds(one.timeoutSeconds);
      const invocation = await invokeOnce(one, pool, { payload, requestId, timeLimitMs });
      onInvocation(invocation);
      return invocation;
    } finally {
      end();
    }
  };

  const asynchronous = createAsynchronousQueue({
    activity,
    invoke: ({ arn }, payload, requestId) => run(arn, payload, requestId),
    send,
    retryDelay,
    onFailure,
  });

  return {
    startedAt: new Date(),
    find: (reference) => lookUp(reference).one,
    invoke: async (reference, payload, requestId = randomUUID()) => {
      checkSize(payload, synchronousPayloadLimit);
      return await run(reference, payload, requestId);
    },
    invokeLater: (reference, payload) => {
      const { one } = lookUp(reference);
      checkSize(payload, asynchronousPayloadLimit);
      const requestId = randomUUID();
      asynchronous.enqueue(one, payload, requestId);
      return { requestId };
    },
    callerOf: (accessKeyId) => callers.get(accessKeyId),
    close: async () => {
      asynchronous.close();
      await Promise.all([...pools.values()].map(({ pool }) => pool.close()));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
