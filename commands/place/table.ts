import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { kinds } from '#events/catalog.ts';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { deploymentSchema } from '#shared/deliveries/deployment.ts';
import { deploymentKey, placeKey } from '#shared/deliveries/keys.ts';
import type { History } from './facts.ts';

/** How far back a command looks: about a hundred deliveries. */
export const mostEvents = 1000;

/** A scan reads 1 MB a page; places are listed for somebody who mistyped, so a few pages have to do. */
const scannedPages = 4;

const itemSchema = z.object({ event: anyEventSchema });
const keySchema = z.object({ pk: z.string() });
const recordSchema = z.looseObject({ sk: z.string() });

const ranks = new Map(kinds.map(({ type }, rank) => [type, rank]));

/** By time, and where things happened at once, cause before effect, as the catalog has them. */
const inOrder = (a: AnyEvent, b: AnyEvent): number =>
  Date.parse(a.time) - Date.parse(b.time) || (ranks.get(a.type) ?? 0) - (ranks.get(b.type) ?? 0);

/** Reads what is known of a place. */
export const createTable = (client: DynamoDBDocumentClient, table: string) => {
  const deployments = async (service: string, environment: string): Promise<History['deployments']> => {
    const { pk, sk: prefix } = deploymentKey(service, environment, '');
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      }),
    );
    return new Map(
      Items.map((item) => [recordSchema.parse(item).sk.slice(prefix.length), deploymentSchema.parse(item)]),
    );
  };

  const events = async (service: string, environment: string): Promise<Omit<History, 'deployments'>> => {
    const found: AnyEvent[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-place',
          ScanIndexForward: false,
          Limit: mostEvents,
          KeyConditionExpression: 'place = :place',
          ExpressionAttributeValues: { ':place': placeKey(service, environment) },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(...(page.Items ?? []).map((item) => itemSchema.parse(item).event));
      start = page.LastEvaluatedKey;
    } while (start && found.length < mostEvents);
    return { events: found.slice(0, mostEvents).sort(inOrder), complete: !start && found.length <= mostEvents };
  };

  return {
    history: async (service: string, environment: string): Promise<History> => ({
      deployments: await deployments(service, environment),
      ...(await events(service, environment)),
    }),
    /** `<service>/<environment>` of some places that something is deployed to; in a large table not of all. */
    somePlaces: async (): Promise<readonly string[]> => {
      const places = new Set<string>();
      let start: Record<string, unknown> | undefined;
      for (let page = 0; page < scannedPages && (page === 0 || start); page += 1) {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: 'begins_with(pk, :place) AND begins_with(sk, :deployment)',
            ProjectionExpression: 'pk',
            ExpressionAttributeValues: { ':place': 'PLACE#', ':deployment': 'DEPLOYMENT#' },
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        for (const item of Items) places.add(keySchema.parse(item).pk.slice('PLACE#'.length));
        start = LastEvaluatedKey;
      }
      return [...places].sort();
    },
  };
};

export type Table = ReturnType<typeof createTable>;
