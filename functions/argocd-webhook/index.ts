import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';
import { createRecords } from './records.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'IDEMPOTENCY_TABLE', 'SECRETS', 'TABLE']);
const secrets = createSecrets(new SSMClient(), environment.SECRETS);
const dynamodb = new DynamoDBClient();

export const handler = createHandler({
  runtime: createRuntime('argocd-webhook', environment, { eventBridge: new EventBridgeClient(), dynamodb }),
  config: createBundledConfig(new URL('./config.json', import.meta.url), environment.STAGE),
  readTokens: (instance) => secrets.pair(`argocd/${instance}/token`),
  records: createRecords(DynamoDBDocumentClient.from(dynamodb), environment.TABLE),
});
