import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createPublishing } from '#shared/handlers/publishing.ts';
import { createHandler } from './handler.ts';
import { ask } from './request.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'TABLE']);

export const handler = createHandler({
  runtime: createPublishing('smoke-test', environment, { eventBridge: new EventBridgeClient() }),
  config: createBundledConfig(new URL('./config.json', import.meta.url), environment.STAGE),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(new DynamoDBClient()), environment.TABLE),
  ask,
});
