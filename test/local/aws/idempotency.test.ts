import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { clientOf, startFixture } from '../fixture/start-fixture.ts';

test("Powertools' idempotency records work here", async () => {
  const cloud = await startFixture();
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: 'fixture-table',
    keyAttr: 'pk',
    sortKeyAttr: 'sk',
    awsSdkV3Client: new DynamoDBClient(clientOf(cloud)),
  });
  const runs: string[] = [];
  const run = async ({ id }: { id: string }) => runs.push(id);
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id' });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => 1000 } as Context);
  const once = makeIdempotent(run, { persistenceStore, config });
  expect([await once({ id: 'a' }), await once({ id: 'a' }), await once({ id: 'b' })]).toEqual([1, 1, 2]);
  expect(runs).toEqual(['a', 'b']);
  await cloud.close();
});
