import { setTimeout as wait } from 'node:timers/promises';
import type { LambdaFunction } from '../template/model.ts';
import { allows } from '../template/permissions.ts';
import type { Activity } from './activity.ts';
import type { Invocation } from './invoke.ts';

/** An asynchronous event that was given up. */
export interface Failure {
  readonly function: string;
  readonly requestId: string;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  /** Whether a record of it reached the failure destination; if not, the event is lost. */
  readonly recorded: boolean;
  readonly reason: string;
}

export interface AsynchronousOptions {
  readonly activity: Activity;
  invoke(one: LambdaFunction, payload: string, requestId: string): Promise<Invocation>;
  send(queueArn: string, body: string): void;
  /** The wait before the nth retry, in ms. */
  retryDelay(attempt: number): number;
  onFailure(failure: Failure): void;
}

/** Lambda's destination record, version 1.0. */
const recordOf = (
  { arn }: LambdaFunction,
  invocation: Invocation,
  condition: Failure['condition'],
  attempts: number,
) => ({
  version: '1.0',
  timestamp: new Date().toISOString(),
  requestContext: {
    requestId: invocation.requestId,
    functionArn: `${arn}:$LATEST`,
    condition,
    approximateInvokeCount: attempts,
  },
  requestPayload: invocation.event,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: invocation.outcome.ok ? null : invocation.outcome.error,
});

/** Lambda's queue of asynchronous events: retried on errors, then recorded in the function's failure destination. */
export const createAsynchronousQueue = ({ activity, invoke, send, retryDelay, onFailure }: AsynchronousOptions) => {
  const closing = new AbortController();

  const giveUp = (one: LambdaFunction, invocation: Invocation, condition: Failure['condition'], attempts: number) => {
    const { onFailure: queueArn } = one.asynchronous;
    const failure = { function: one.name, requestId: invocation.requestId, condition };
    if (queueArn === undefined)
      return onFailure({ ...failure, recorded: false, reason: 'there is no failure destination' });
    if (!allows(one.role.statements, 'sqs:SendMessage', queueArn)) {
      return onFailure({ ...failure, recorded: false, reason: `the role may not send to ${queueArn}` });
    }
    send(queueArn, JSON.stringify(recordOf(one, invocation, condition, attempts)));
    return onFailure({ ...failure, recorded: true, reason: `recorded in ${queueArn}` });
  };

  const work = async (one: LambdaFunction, payload: string, requestId: string): Promise<void> => {
    const { maximumRetryAttempts, maximumEventAgeSeconds } = one.asynchronous;
    const accepted = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const invocation = await invoke(one, payload, requestId);
      if (invocation.outcome.ok || closing.signal.aborted) return;
      if (attempt > maximumRetryAttempts) return giveUp(one, invocation, 'RetriesExhausted', attempt);
      const delay = retryDelay(attempt);
      if (performance.now() - accepted + delay > maximumEventAgeSeconds * 1000) {
        return giveUp(one, invocation, 'EventAgeExceeded', attempt);
      }
      await wait(delay, undefined, { signal: closing.signal });
    }
  };

  return {
    enqueue: (one: LambdaFunction, payload: string, requestId: string): void => {
      const end = activity.begin();
      void work(one, payload, requestId)
        .catch((error: unknown) => {
          // Shutting down drops what still waits; anything else is a fault of ours, and must be seen.
          if (!closing.signal.aborted) throw error;
        })
        .finally(end);
    },
    close: (): void => closing.abort(),
  };
};
