import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LogLevel, WebClient } from '@slack/web-api';
import { createSecrets } from '#shared/clients/secrets.ts';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createAnnouncer } from './announce.ts';
import { createHandler } from './handler.ts';
import { createKeeper } from './keep.ts';
import { createRecords } from './records.ts';
import { createSlack } from './slack.ts';

const environment = readEnvironment(process.env, [
  'STAGE',
  'EVENT_BUS',
  'TABLE',
  'IDEMPOTENCY_TABLE',
  'SECRETS',
  'LEASE_SECONDS',
]);
const dynamodb = new DynamoDBClient();
const table = DynamoDBDocumentClient.from(dynamodb);
const deliveries = createDeliveries(table, environment.TABLE);
const runtime = createRuntime('deploy-notifier', environment, { eventBridge: new EventBridgeClient(), dynamodb });
const secrets = createSecrets(new SSMClient(), environment.SECRETS);

// The client must not retry by itself: a post whose answer was lost would be posted twice.
const slack = new WebClient(undefined, {
  slackApiUrl: process.env.SLACK_API_URL || 'https://slack.com/api/',
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: 8000,
  logLevel: LogLevel.ERROR,
});

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  deliveries,
  announce: createAnnouncer(
    createKeeper({
      chain: deliveries.chain,
      records: createRecords(table, environment.TABLE),
      slack: createSlack({
        call: (method, options) => slack.apiCall(method, options),
        token: () => secrets.get('slack/token'),
        tokenName: `${environment.SECRETS}/slack/token`,
      }),
      now: Date.now,
      pace: { lease: Number(environment.LEASE_SECONDS) * 1000, patience: 4000, pause: 200 },
    }),
  ),
});
