import * as z from 'zod';

/** What a worker is started with. */
export interface WorkerStart {
  readonly taskRoot: string;
  readonly handler: string;
}

/** One invocation as the worker gets it. */
export interface WorkerInvocation {
  readonly payload: string;
  readonly timeLimitMs: number;
  readonly traceId: string;
  /** The constant part of the handler's context. */
  readonly context: {
    readonly awsRequestId: string;
    readonly functionName: string;
    readonly functionVersion: string;
    readonly invokedFunctionArn: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
}

/** Lambda's error payload. */
export const lambdaError = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).exactOptional(),
});

export type LambdaError = z.output<typeof lambdaError>;

/** What a worker says. `fatal` is its last word; the others answer the invocation in hand. */
export const workerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('result'), payload: z.string(), durationMs: z.number() }),
  z.object({ kind: z.literal('error'), error: lambdaError, durationMs: z.number() }),
  z.object({ kind: z.literal('fatal'), error: lambdaError }),
]);

export type WorkerMessage = z.output<typeof workerMessage>;
