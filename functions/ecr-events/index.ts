import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';
import { createRegistry } from './registry.ts';

const environment = readEnvironment(process.env, [
  'STAGE',
  'EVENT_BUS',
  'TABLE',
  'IDEMPOTENCY_TABLE',
  'PUSH_GRACE_SECONDS',
]);
const dynamodb = new DynamoDBClient();

const runtime = createRuntime('ecr-events', environment, { eventBridge: new EventBridgeClient(), dynamodb });

const clients = new Map<string, ECRClient>();

const ecrIn = (region: string): ECRClient => {
  const client = clients.get(region) ?? new ECRClient({ region });
  clients.set(region, client);
  return client;
};

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(dynamodb), environment.TABLE),
  registry: createRegistry(ecrIn),
  pushGrace: Number(environment.PUSH_GRACE_SECONDS) * 1000,
  now: Date.now,
});
