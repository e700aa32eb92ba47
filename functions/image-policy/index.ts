import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { createConfigSource } from '#shared/config/source.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'IDEMPOTENCY_TABLE']);

const runtime = createRuntime('image-policy', environment, {
  eventBridge: new EventBridgeClient(),
  dynamodb: new DynamoDBClient(),
});

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
});
