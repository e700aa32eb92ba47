import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { parse } from 'yaml';
import * as z from 'zod';

const keysSchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const tableSchema = z.object({
  Type: z.literal('AWS::DynamoDB::Table'),
  Properties: z.object({
    BillingMode: z.literal('PAY_PER_REQUEST'),
    AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.literal('S') })),
    KeySchema: keysSchema,
    GlobalSecondaryIndexes: z
      .array(
        z.object({
          IndexName: z.string(),
          KeySchema: keysSchema,
          Projection: z.object({ ProjectionType: z.literal('ALL') }),
        }),
      )
      .optional(),
  }),
});

const stackSchema = z.object({ resources: z.array(z.unknown()) });
const resourcesSchema = z.object({ Resources: z.record(z.string(), z.unknown()) });

/** A table as serverless.yml defines it, so that no test runs against another. */
const readTable = (resource: string) => {
  const text = readFileSync(join(import.meta.dirname, '../../serverless.yml'), 'utf8');
  const { resources } = stackSchema.parse(parse(text, { logLevel: 'silent' }));
  const all = resources.flatMap((one) => {
    const read = resourcesSchema.safeParse(one);
    return read.success ? [read.data.Resources] : [];
  });
  return tableSchema.parse(Object.assign({}, ...all)[resource]).Properties;
};

export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** DynamoDB's API on loopback (dynalite), reached by the real clients, with tables of serverless.yml named as there. */
export const startDynamodb = async (...resources: readonly ('DeliveriesTable' | 'IdempotencyTable')[]) => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const createClient = (): DynamoDBClient =>
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: localCredentials,
    });
  const client = createClient();
  for (const resource of resources)
    await client.send(new CreateTableCommand({ TableName: resource, ...readTable(resource) }));
  return {
    client,
    createClient,
    documentClient: DynamoDBDocumentClient.from(client),
    close: async (): Promise<void> => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Dynamodb = Awaited<ReturnType<typeof startDynamodb>>;
