import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createAppTokens } from '#shared/clients/github/app-tokens.ts';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createConfigSource } from '#shared/config/source.ts';
import { createAccess } from '#shared/gitops/access.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createPulls } from './github/pulls.ts';
import { createHandler } from './handler.ts';
import { createOffering } from './offering.ts';
import { createReturnAfter, createSetAside } from './queue.ts';

const environment = readEnvironment(process.env, [
  'STAGE',
  'EVENT_BUS',
  'IDEMPOTENCY_TABLE',
  'SECRETS',
  'FAILURE_QUEUE',
]);
const runtime = createRuntime('image-tag-updater', environment, {
  eventBridge: new EventBridgeClient(),
  dynamodb: new DynamoDBClient(),
});
const secrets = createSecrets(new SSMClient(), environment.SECRETS);
const access = createAccess({ secrets, prefix: environment.SECRETS, appTokens: createAppTokens() });
const writer = createWriter({ directory: join(tmpdir(), 'fairlead-gitops'), environment: process.env });

// Else the client would go to the host in a queue's URL, past any other endpoint that its environment names.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  stage: environment.STAGE,
  returnAfter: createReturnAfter(sqs),
  setAside: createSetAside(sqs, environment.FAILURE_QUEUE),
  write: async (gitops, wishes, signal) =>
    writer.write(await access(gitops, { pullRequests: false }, signal), wishes, signal),
  offer: createOffering({ access, writer, pulls: createPulls }),
  brought: async (gitops, { place, span }, signal) =>
    writer.brought(await access(gitops, { pullRequests: false }, signal), place, span, signal),
});
