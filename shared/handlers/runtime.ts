import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { Upstream } from './errors.ts';
import type { Summary } from './outcome.ts';
import { createPublishing, type Publishing } from './publishing.ts';

/** What a function has that consumes events. */
export interface Runtime extends Publishing {
  /** Does something once per id: a second time it answers what the first did. */
  readonly once: (id: string, context: Context, effect: () => Promise<Summary>) => Promise<Summary>;
}

/** EventBridge retries for a day and an archive may be replayed, so an hour (the default) is too short. */
const idempotencySeconds = 8 * 24 * 3600;

export const createRuntime = (
  name: string,
  environment: { readonly STAGE: string; readonly EVENT_BUS: string; readonly IDEMPOTENCY_TABLE: string },
  clients: { readonly eventBridge: EventBridgeClient; readonly dynamodb: DynamoDBClient },
): Runtime => {
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: environment.IDEMPOTENCY_TABLE,
    awsSdkV3Client: clients.dynamodb,
  });

  return {
    ...createPublishing(name, environment, clients),
    once: async (id, context, effect) => {
      const config = new IdempotencyConfig({ expiresAfterSeconds: idempotencySeconds });
      // Without it a time-out would leave the record in progress for ever.
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
