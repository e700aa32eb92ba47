import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createConfigSource } from '#shared/config/source.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createArgoCd } from './argocd.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'IDEMPOTENCY_TABLE', 'SECRETS']);
const runtime = createRuntime('argocd-sync', environment, {
  eventBridge: new EventBridgeClient(),
  dynamodb: new DynamoDBClient(),
});
const secrets = createSecrets(new SSMClient(), environment.SECRETS);

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  argocd: createArgoCd(secrets.get, environment.SECRETS),
});
