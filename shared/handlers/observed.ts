import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { countFailure } from './count-failure.ts';
import { Unauthenticated } from './errors.ts';
import type { Publishing } from './publishing.ts';

/** Left for answering and logging when the work is told to stop, in milliseconds. */
const margin = 500;

/** Aborts shortly before Lambda would end the invocation, so that running out of time is an outcome and not a crash. */
export const signalOf = (context: Context, left = margin): AbortSignal =>
  AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - left));

/**
 * Each log line names its request, failures are logged and counted once, and metrics leave with the invocation. What a
 * stranger sent wrongly (`isRejection`) must not look like a failure of ours: alarms stand on FAILED.
 */
export const observed = <In, Out>(
  { logger, metrics }: Publishing,
  isRejection: (error: unknown) => boolean = () => false,
): MiddlewareObj<In, Out, Error, Context> => ({
  before: ({ context }) => {
    logger.resetKeys();
    logger.appendKeys({ requestId: context.awsRequestId });
  },
  after: () => {
    metrics.publishStoredMetrics();
  },
  onError: ({ error }) => {
    if (isRejection(error)) {
      logger.warn('REJECTED', { reason: error?.message });
      metrics.addMetric('Rejected', 'Count', 1);
      if (error instanceof Unauthenticated) metrics.addMetric('Unauthenticated', 'Count', 1);
    } else {
      logger.error('FAILED', error ?? 'unknown');
      metrics.addMetric('Failed', 'Count', 1);
      countFailure({ metrics }, error);
    }
    metrics.publishStoredMetrics();
  },
});
