import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createArgoCd } from './argocd.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'IDEMPOTENCY_TABLE', 'SECRETS']);
const secrets = createSecrets(new SSMClient(), environment.SECRETS);

export const handler = createHandler({
  runtime: createRuntime('argocd-sync', environment, {
    eventBridge: new EventBridgeClient(),
    dynamodb: new DynamoDBClient(),
  }),
  config: createBundledConfig(new URL('./config.json', import.meta.url), environment.STAGE),
  argocd: createArgoCd(secrets.get, environment.SECRETS),
});
