import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createPipelines } from '#shared/clients/codepipeline.ts';
import { createConfigSource } from '#shared/config/source.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'TABLE', 'IDEMPOTENCY_TABLE']);
const dynamodb = new DynamoDBClient();

const runtime = createRuntime('codepipeline-events', environment, { eventBridge: new EventBridgeClient(), dynamodb });

export const handler = createHandler({
  runtime,
  config: createConfigSource({
    s3: new S3Client(),
    environment,
    bundled: new URL('./config.json', import.meta.url),
    runtime,
  }),
  deliveries: createDeliveries(DynamoDBDocumentClient.from(dynamodb), environment.TABLE),
  pipelines: createPipelines(new CodePipelineClient()),
  home: { account: process.env.ACCOUNT, region: process.env.AWS_REGION },
});
