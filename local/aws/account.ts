import { createClosers } from './closers.ts';
import { type DynamoDb, startDynamoDb } from './dynamodb/service.ts';
import type { JsonService } from './endpoint/json-service.ts';
import type { QueryService } from './endpoint/query-call.ts';
import { createObservers, type Observers } from './observers.ts';
import { openRelay, type Relay } from './relay.ts';
import { type Buckets, createBuckets } from './s3/buckets.ts';
import type { Message } from './sqs/message.ts';
import { createParameters, type Parameters } from './ssm/parameters.ts';

/** What outlives the stacks of an account, and every update of them: addresses, data, and who watches. */
export interface Account {
  /** All AWS services. */
  readonly endpoint: Relay;
  /** The HTTP API. */
  readonly api: Relay;
  readonly parameters: Parameters;
  readonly buckets: Buckets;
  readonly dynamoDb: DynamoDb;
  /** What lies in queues while none of them runs, by their ARNs. */
  readonly messages: Map<string, readonly Message[]>;
  /** The ARNs of queues that somebody deleted who is no stack, since the last deployment. */
  readonly deletedQueues: Set<string>;
  readonly observers: Observers;
  /** Services of the JSON protocols that stand-ins added, by the prefix of their `X-Amz-Target`. */
  readonly mounted: Map<string, JsonService>;
  /** Services of the query protocol, by the name that requests are signed for. */
  readonly queries: Map<string, QueryService>;
  close(): Promise<void>;
}

export const openAccount = async (ports: { readonly endpoint?: number; readonly api?: number }): Promise<Account> => {
  const closers = createClosers();
  try {
    const endpoint = await openRelay(ports.endpoint ?? 0);
    closers.add(endpoint.close);
    const api = await openRelay(ports.api ?? 0);
    closers.add(api.close);
    const dynamoDb = await startDynamoDb();
    closers.add(dynamoDb.close);
    return {
      endpoint,
      api,
      parameters: createParameters(),
      buckets: createBuckets(),
      dynamoDb,
      messages: new Map(),
      deletedQueues: new Set(),
      observers: createObservers(),
      mounted: new Map(),
      queries: new Map(),
      close: closers.close,
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
