import { BatchWriteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Fairlead } from '#local/fairlead.ts';

/** The tables of a stage as a person with every right sees them, past the functions. */
export const openTables = ({ cloud }: Fairlead) => {
  const client = new DynamoDBClient({
    endpoint: cloud.endpoint,
    region: cloud.model.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  const tableOf = (which: 'deliveries' | 'idempotency') => cloud.model.tables.find(({ name }) => name.endsWith(which))!;
  const scan = async (which: 'deliveries' | 'idempotency') => {
    const pages = paginateScan({ client }, { TableName: tableOf(which).name });
    const items = [];
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  };
  return {
    scan,
    empty: async (which: 'deliveries' | 'idempotency'): Promise<void> => {
      const { name, create } = tableOf(which);
      const keys = (await scan(which)).map((item) =>
        Object.fromEntries(create.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]!])),
      );
      for (let start = 0; start < keys.length; start += 25) {
        const requests = keys.slice(start, start + 25).map((Key) => ({ DeleteRequest: { Key } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
      }
    },
    close: () => client.destroy(),
  };
};
