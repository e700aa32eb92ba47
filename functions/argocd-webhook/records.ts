import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { imageCommitted } from '#events/images.ts';
import type { Commit } from './evidence.ts';
import type { KnownCommit } from './facts.ts';
import { hasFailed, isDegraded, type Observation, observationSchema } from './observation.ts';

/** What Git was asked and what Argo CD observed, side by side under their application. */
export interface Records {
  addObservation(observation: Observation): Promise<void>;
  /** Under every application of its environment. */
  addCommit(application: string, commit: Commit): Promise<void>;
  /** All reads are consistent, and from `since` on. */
  commits(application: string, since: string): Promise<readonly KnownCommit[]>;
  observations(application: string, since: string): Promise<readonly Observation[]>;
  /** Only those that tell of something wrong. */
  troubles(application: string, since: string): Promise<readonly Observation[]>;
  /** Remembers that an event about a commit was published. */
  markSaid(application: string, commit: Commit, event: string): Promise<void>;
}

/** How long a record is kept. Seconds. */
const keptFor = 90 * 24 * 3600;

const commitItemSchema = z.object({ commit: imageCommitted.schema, said: z.set(z.string()).optional() });
const observationItemSchema = z.object({ observation: observationSchema });

const partition = (application: string): string => `APPLICATION#${application}`;

/** Of one width and in UTC, so that they sort as text. */
const moment = (time: string): string => new Date(time).toISOString();

const expiry = (time: string): number => Math.floor(Date.parse(time) / 1000) + keptFor;

const kindOf = (observation: Observation): 'TROUBLE' | 'STATE' =>
  hasFailed(observation) || isDegraded(observation) ? 'TROUBLE' : 'STATE';

const commitKey = (application: string, { time, id }: Commit) => ({
  pk: partition(application),
  sk: `COMMIT#${moment(time)}#${id}`,
});

const unlessConditionFailed = (error: unknown): void => {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
};

export const createRecords = (client: DynamoDBDocumentClient, table: string): Records => {
  const putOnce = async (item: Record<string, unknown>): Promise<void> => {
    const put = new PutCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
    await client.send(put).catch(unlessConditionFailed);
  };

  const query = async <Item>(schema: z.ZodType<Item>, application: string, kind: string, since: string) => {
    const items: Item[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': partition(application),
            ':from': `${kind}#${moment(since)}`,
            ':to': `${kind}#~`,
          },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []).map((item) => schema.parse(item)));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  };

  const read = async (application: string, kind: 'TROUBLE' | 'STATE', since: string) =>
    (await query(observationItemSchema, application, kind, since)).map(({ observation }) => observation);

  return {
    addObservation: async (observation) => {
      const { application, observedAt } = observation;
      const id = createHash('sha256').update(JSON.stringify(observation)).digest('hex').slice(0, 32);
      const sk = `${kindOf(observation)}#${observedAt}#${id}`;
      await putOnce({ pk: partition(application), sk, observation, expires: expiry(observedAt) });
    },
    addCommit: async (application, commit) => {
      const slim = { ...commit, data: { ...commit.data, customData: { ...commit.data.customData, diff: '' } } };
      await putOnce({ ...commitKey(application, commit), commit: slim, expires: expiry(commit.time) });
    },
    commits: async (application, since) =>
      (await query(commitItemSchema, application, 'COMMIT', since)).map(({ commit, said }) => ({
        commit,
        said: said ?? new Set(),
      })),
    observations: async (application, since) =>
      (await Promise.all([read(application, 'STATE', since), read(application, 'TROUBLE', since)])).flat(),
    troubles: (application, since) => read(application, 'TROUBLE', since),
    markSaid: async (application, commit, event) => {
      const update = new UpdateCommand({
        TableName: table,
        Key: commitKey(application, commit),
        UpdateExpression: 'ADD said :event',
        ConditionExpression: 'attribute_exists(pk)', // it may have expired just now
        ExpressionAttributeValues: { ':event': new Set([event]) },
      });
      await client.send(update).catch(unlessConditionFailed);
    },
  };
};
