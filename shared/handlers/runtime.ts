import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { createPublisher } from '#shared/clients/publisher.ts';
import { Upstream } from './errors.ts';
import type { Publish, Summary } from './outcome.ts';

/** What every function has, whatever it does. */
export interface Runtime {
  /** The function's name, which is its folder's. */
  readonly name: string;
  readonly publish: Publish;
  /** Does something once per id: a second time it answers what the first did. */
  readonly once: (id: string, context: Context, effect: () => Promise<Summary>) => Promise<Summary>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** EventBridge retries for a day and an archive may be replayed, so an hour (the default) is too short. */
const idempotencySeconds = 8 * 24 * 3600;

export const createRuntime = (
  name: string,
  environment: { readonly STAGE: string; readonly EVENT_BUS: string; readonly IDEMPOTENCY_TABLE: string },
  clients: { readonly eventBridge: EventBridgeClient; readonly dynamodb: DynamoDBClient },
): Runtime => {
  const logger = new Logger({ serviceName: name, persistentLogAttributes: { stage: environment.STAGE } });
  const metrics = new Metrics({
    namespace: 'Fairlead',
    serviceName: name,
    defaultDimensions: { stage: environment.STAGE },
    logger,
  });
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: environment.IDEMPOTENCY_TABLE,
    awsSdkV3Client: clients.dynamodb,
  });

  return {
    name,
    logger,
    metrics,
    publish: createPublisher(clients.eventBridge, environment.EVENT_BUS),
    once: async (id, context, effect) => {
      const config = new IdempotencyConfig({ expiresAfterSeconds: idempotencySeconds });
      config.registerLambdaContext(context);
      const runOnce = makeIdempotent((_id: string) => effect(), { persistenceStore, config, keyPrefix: name });
      try {
        return await runOnce(id);
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
        throw new Upstream(`${id} is in the hands of another invocation of ${name}. It is retried.`, { cause: error });
      }
    },
  };
};
