import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { AnyEvent } from '#events/event.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { quietMetrics } from '../../quiet-metrics.ts';

export const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'rollback-trigger',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:rollback-trigger',
  memoryLimitInMB: '512',
  awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  logGroupName: '/aws/lambda/rollback-trigger',
  logStreamName: 'fake',
  getRemainingTimeInMillis: () => 20_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

/** A runtime that remembers nothing, so that whatever comes again is done again. */
export const runtimeOf = (name: string, publish: (events: readonly AnyEvent[]) => Promise<void>): Runtime => ({
  name,
  logger: new Logger({ logLevel: 'SILENT' }),
  metrics: quietMetrics(name),
  publish,
  once: (_id, _context, effect) => effect(),
});
