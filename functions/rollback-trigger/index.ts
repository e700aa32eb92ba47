import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, [
  'STAGE',
  'EVENT_BUS',
  'TABLE',
  'IDEMPOTENCY_TABLE',
  'VERIFIED_GRACE_SECONDS',
]);
const dynamodb = new DynamoDBClient();

const runtime = createRuntime('rollback-trigger', environment, { eventBridge: new EventBridgeClient(), dynamodb });

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  stage: environment.STAGE,
  deliveries: createDeliveries(DynamoDBDocumentClient.from(dynamodb), environment.TABLE),
  verifiedGrace: Number(environment.VERIFIED_GRACE_SECONDS) * 1000,
  now: Date.now,
});
