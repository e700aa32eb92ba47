import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createPipelines } from '#shared/clients/codepipeline.ts';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { readEnvironment } from '#shared/handlers/environment.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment(process.env, ['STAGE', 'EVENT_BUS', 'IDEMPOTENCY_TABLE']);

export const handler = createHandler({
  runtime: createRuntime('pipeline-trigger', environment, {
    eventBridge: new EventBridgeClient(),
    dynamodb: new DynamoDBClient(),
  }),
  config: createBundledConfig(new URL('./config.json', import.meta.url), environment.STAGE),
  pipelines: createPipelines(new CodePipelineClient()),
});
