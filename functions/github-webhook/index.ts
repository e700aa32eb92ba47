import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createSecrets } from '#shared/clients/secrets.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createPublishing } from '#shared/handlers/publishing.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'SECRETS']);
const runtime = createPublishing('github-webhook', environment, { eventBridge: new EventBridgeClient() });
const secrets = createSecrets(new SSMClient(), environment.SECRETS);

export const handler = createHandler({
  runtime,
  readSecrets: () => secrets.pair('github/webhook-secret'),
});
