import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type AnyEvent, anyEventSchema, type EventOf } from '#events/event.ts';
import { imageCommitted } from '#events/images.ts';
import { branchPushed } from '#events/source-control.ts';
import { type Deployment, type DeploymentChange, deploymentSchema } from './deployment.ts';
import { chainKey, commitKey, deploymentKey, eventKey, placeKey, pushKey } from './keys.ts';

/** What happened, in one table: the events of every chain, and what runs where. */
export interface Deliveries {
  /** Appends an event once. False: it was there already. */
  append(event: AnyEvent): Promise<boolean>;
  /** The events of a chain so far, oldest first. Read consistently. */
  chain(chain: string): Promise<readonly AnyEvent[]>;
  /** The events about a subject, oldest first. By an index, so the newest may be missing for a moment. */
  bySubject(subject: string): Promise<readonly AnyEvent[]>;
  /** The pushes whose commit begins with these hex digits (seven at least). Read consistently. */
  pushes(commit: string): Promise<readonly EventOf<typeof branchPushed>[]>;
  /** The last that was committed for an environment, or the last up to a moment (ISO 8601), oldest first. Read consistently. */
  commits(
    service: string,
    environment: string,
    which?: { readonly most?: number; readonly until?: string },
  ): Promise<readonly EventOf<typeof imageCommitted>[]>;
  /** What is asked for and what runs. Read consistently. */
  deployment(service: string, environment: string, target: string): Promise<Deployment | undefined>;
  /** Takes up a newer fact about a deployment; an older one changes nothing. False: it was not newer. */
  record(change: DeploymentChange): Promise<boolean>;
}

const itemSchema = z.object({ event: anyEventSchema });
const pushItemSchema = z.object({ event: branchPushed.schema });
const commitItemSchema = z.object({ event: imageCommitted.schema });

/** By time, and where two happened at once by id: every reader sees the same order. */
const inOrder = (a: AnyEvent, b: AnyEvent): number =>
  Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : Number(a.id > b.id));

const isConditionFailure = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

export const createDeliveries = (client: DynamoDBDocumentClient, table: string): Deliveries => {
  const query = async <Item>(
    schema: z.ZodType<Item>,
    condition: { pk: string; prefix?: string; index?: { name: string; key: string } },
  ): Promise<Item[]> => {
    const { pk, prefix, index } = condition;
    const items: Item[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ...(index ? { IndexName: index.name } : { ConsistentRead: true }),
          KeyConditionExpression: prefix === undefined ? '#pk = :pk' : '#pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeNames: { '#pk': index?.key ?? 'pk' },
          ExpressionAttributeValues: { ':pk': pk, ...(prefix !== undefined && { ':prefix': prefix }) },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []).map((item) => schema.parse(item)));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  };

  const put = (item: Record<string, unknown>) => client.send(new PutCommand({ TableName: table, Item: item }));

  const putOnce = async (item: Record<string, unknown>): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  };

  return {
    append: async (event) => {
      // What is found by something else than its chain is laid there first, so that a crash in between is repaired by the retry.
      if (branchPushed.is(event)) await put({ ...pushKey(event.data.subject.content.commit, event.id), event });
      if (imageCommitted.is(event)) {
        const { service, environment } = event.data.subject.content;
        await put({ ...commitKey(service.id, environment.id, event.time, event.id), event });
      }
      const { service, environment } = event;
      return putOnce({
        ...eventKey(event.data.context.chainId, event.id),
        subject: event.subject,
        time: event.time,
        ...(service && environment && { place: placeKey(service, environment) }),
        event,
      });
    },
    chain: async (chain) => {
      const items = await query(itemSchema, { ...chainKey(chain) });
      return items.map(({ event }) => event).sort(inOrder);
    },
    bySubject: async (subject) => {
      const items = await query(itemSchema, { pk: subject, index: { name: 'by-subject', key: 'subject' } });
      return items.map(({ event }) => event).sort(inOrder);
    },
    pushes: async (commit) => {
      const { pk, sk } = pushKey(commit, '');
      const items = await query(pushItemSchema, { pk, prefix: sk.slice(0, sk.lastIndexOf('#')) });
      return items.map(({ event }) => event);
    },
    commits: async (service, environment, { most = 100, until } = {}) => {
      const { pk } = commitKey(service, environment, '', '');
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: most,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          // `~` sorts behind what follows a time, and behind every time.
          ExpressionAttributeValues: {
            ':pk': pk,
            ':from': 'COMMIT#',
            ':to': until === undefined ? 'COMMIT#~' : `COMMIT#${new Date(until).toISOString()}~`,
          },
        }),
      );
      return Items.map((item) => commitItemSchema.parse(item).event).sort(inOrder);
    },
    deployment: async (service, environment, target) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: deploymentKey(service, environment, target), ConsistentRead: true }),
      );
      return Item && deploymentSchema.parse(Item);
    },
    record: async ({ service, environment, target, fact, image }) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: deploymentKey(service, environment, target),
            UpdateExpression: 'SET #fact = :image',
            // Times are compared as text, which their one format (UTC, to the millisecond) allows.
            ConditionExpression: 'attribute_not_exists(#fact) OR #fact.#since < :since',
            ExpressionAttributeNames: { '#fact': fact, '#since': 'since' },
            ExpressionAttributeValues: { ':image': image, ':since': image.since },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
};
