import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import type { Fairlead } from '#local/fairlead.ts';

const itemSchema = z.object({ pk: z.string(), sk: z.string(), event: anyEventSchema });

/** Everything that the table holds of chains: the log, read past the functions. */
export const readLog = async ({ cloud }: Fairlead): Promise<AnyEvent[]> => {
  const client = new DynamoDBClient({
    endpoint: cloud.endpoint,
    region: cloud.model.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  const TableName = cloud.model.tables.find(({ name }) => name.endsWith('-deliveries'))?.name;
  const events: AnyEvent[] = [];
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    {
      TableName,
      FilterExpression: 'begins_with(pk, :chain)',
      ExpressionAttributeValues: { ':chain': 'CHAIN#' },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const { pk, sk, event } = itemSchema.parse(item);
      const place = `CHAIN#${event.data.context.chainId} EVENT#${event.id}`;
      if (place !== `${pk} ${sk}`) throw new Error(`${event.id} lies in ${pk} ${sk}`);
      events.push(event);
    }
  }
  client.destroy();
  return events;
};
