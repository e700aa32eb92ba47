import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { createHandler } from '#functions/github-webhook/handler.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { previousSecret, secret } from './requests.ts';

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'github-webhook',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:github-webhook',
  memoryLimitInMB: '512',
  awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  logGroupName: '/aws/lambda/github-webhook',
  logStreamName: 'fake',
  getRemainingTimeInMillis: () => 9000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

/** Keeps what is logged, instead of printing it. */
const createFakeLog = () => {
  const lines: string[] = [];
  const keep = (chunk: string | Uint8Array): boolean => lines.push(String(chunk)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  return lines;
};

/** The real handler with a fake bus that keeps what is published. */
export const createSubject = (readSecrets: () => Promise<readonly string[]> = async () => [secret, previousSecret]) => {
  const published: AnyEvent[] = [];
  const log = createFakeLog();
  const runtime: Runtime = {
    name: 'github-webhook',
    logger: new Logger({ serviceName: 'github-webhook' }),
    metrics: new Metrics({ namespace: 'Fairlead', serviceName: 'github-webhook' }),
    publish: async (events) => {
      published.push(...events);
    },
    once: () => {
      throw new Error('fake: a webhook needs no record of what is done');
    },
  };
  const handler = createHandler({ runtime, readSecrets });
  return {
    published,
    log,
    send: async (request: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
      handler(request, context),
  };
};
