import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createPublishing } from '#shared/handlers/publishing.ts';
import { createHandler } from './handler.ts';
import { ask } from './request.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'TABLE']);

const runtime = createPublishing('smoke-test', environment, { eventBridge: new EventBridgeClient() });

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(new DynamoDBClient()), environment.TABLE),
  ask,
});
