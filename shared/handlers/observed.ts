import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Runtime } from './runtime.ts';

/** Left for answering and logging when the work is told to stop, in milliseconds. */
const margin = 500;

/** Aborts shortly before Lambda would end the invocation, so that running out of time is an outcome and not a crash. */
export const signalOf = (context: Context): AbortSignal =>
  AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - margin));

/** Each log line names its request, failures are logged and counted once, and metrics leave with the invocation. */
export const observed = <In, Out>({ logger, metrics }: Runtime): MiddlewareObj<In, Out, Error, Context> => ({
  before: ({ context }) => {
    logger.resetKeys();
    logger.appendKeys({ requestId: context.awsRequestId });
  },
  after: () => {
    metrics.publishStoredMetrics();
  },
  onError: ({ error }) => {
    logger.error('FAILED', error ?? 'unknown');
    metrics.addMetric('Failed', 'Count', 1);
    metrics.publishStoredMetrics();
  },
});
