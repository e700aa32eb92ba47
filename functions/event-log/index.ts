import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'TABLE', 'IDEMPOTENCY_TABLE']);
const dynamodb = new DynamoDBClient();

export const handler = createHandler({
  runtime: createRuntime('event-log', environment, { eventBridge: new EventBridgeClient(), dynamodb }),
  config: createBundledConfig(new URL('./config.json', import.meta.url), environment.STAGE),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(dynamodb), environment.TABLE),
});
