import { randomBytes } from 'node:crypto';
import type { LambdaFunction } from '../template/model.ts';
import type { Outcome } from './execution-environment.ts';
import type { FunctionPool } from './function-pool.ts';
import type { LambdaError } from './messages.ts';

/** Lambda's limits, in bytes: of a request and an answer, and of an event that is handed over asynchronously. */
export const synchronousPayloadLimit = 6 * 1024 * 1024;
export const asynchronousPayloadLimit = 1024 * 1024;

/** What came of one run of a function. */
export interface Invocation {
  readonly function: string;
  readonly requestId: string;
  readonly event: unknown;
  readonly outcome:
    | { readonly ok: true; readonly payload: string }
    | { readonly ok: false; readonly error: LambdaError };
  /** The handler's own time, without a cold start's. */
  readonly durationMs: number;
  readonly coldStart: boolean;
}

/** AWS X-Ray's header, as Lambda makes it up when nobody has sent one. */
const newTraceId = (): string => {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
};

const bounded = (outcome: Outcome): Outcome =>
  outcome.ok && Buffer.byteLength(outcome.payload) > synchronousPayloadLimit
    ? {
        ok: false,
        durationMs: outcome.durationMs,
        error: {
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: `Response payload size exceeded maximum allowed payload size (${synchronousPayloadLimit} bytes).`,
        },
      }
    : outcome;

interface Request {
  readonly payload: string;
  readonly requestId: string;
  readonly timeLimitMs: number;
}

/** Runs a function once, in a warm environment if there is one. */
export const invokeOnce = (one: LambdaFunction, pool: FunctionPool, { payload, requestId, timeLimitMs }: Request) =>
  pool.use(async ({ environment, logStream, serve }, coldStart): Promise<Invocation> => {
    serve(requestId);
    const { durationMs, ...outcome } = bounded(
      await environment.run({
        payload,
        timeLimitMs,
        traceId: newTraceId(),
        context: {
          awsRequestId: requestId,
          functionName: one.name,
          functionVersion: '$LATEST',
          invokedFunctionArn: one.arn,
          memoryLimitInMB: String(one.memoryMb),
          logGroupName: one.logGroup,
          logStreamName: logStream,
        },
      }),
    );
    serve(undefined);
    return { function: one.name, requestId, event: JSON.parse(payload), outcome, durationMs, coldStart };
  });
