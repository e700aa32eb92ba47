import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createHooks } from '#shared/clients/github/hooks.ts';
import { createLostImages } from '#shared/clients/lost-images.ts';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createPublishing } from '#shared/handlers/publishing.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'TABLE', 'SECRETS']);

const runtime = createPublishing('reconciler', environment, { eventBridge: new EventBridgeClient() });

const registries = new Map<string, ECRClient>();

const registryIn = (region: string): ECRClient => {
  const client = registries.get(region) ?? new ECRClient({ region });
  registries.set(region, client);
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
  secrets: createSecrets(new SSMClient(), environment.SECRETS),
  openHooks: createHooks,
  images: createLostImages({ registryIn, lambda: new LambdaClient(), stage: environment.STAGE }),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(new DynamoDBClient()), environment.TABLE),
  apiId: process.env.API_ID,
  now: Date.now,
});
