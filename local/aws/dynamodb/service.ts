import { once } from 'node:events';
import dynalite from 'dynalite';
import * as z from 'zod';
import type { Table } from '../../template/model.ts';
import { AwsError } from '../aws-error.ts';
import type { JsonService } from '../endpoint/json-service.ts';

const target = 'DynamoDB_20120810';

/** dynalite looks at the form of a signature, not at whose it is. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

const failure = z.looseObject({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

const toAwsError = (status: number, body: unknown): AwsError => {
  const { __type, message, Message, ...members } = failure.parse(body);
  return new AwsError(__type.slice(__type.indexOf('#') + 1), message ?? Message ?? '', status, members);
};

const portOf = (address: unknown): number => z.object({ port: z.number() }).parse(address).port;

const waitUntilActive = async (service: JsonService, TableName: string): Promise<void> => {
  const described = z.object({ Table: z.object({ TableStatus: z.string() }) });
  while (described.parse(await service('DescribeTable', { TableName })).Table.TableStatus !== 'ACTIVE') {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const listed = z.object({ TableNames: z.array(z.string()) });

export interface DynamoDb {
  readonly service: JsonService;
  /** Makes the tables that are not there yet. */
  ensure(tables: readonly Table[]): Promise<void>;
  names(): Promise<string[]>;
  /** Takes a table away, with what is in it, if nobody else did. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** DynamoDB: dynalite, in this process, behind a port of its own. */
export const startDynamoDb = async (): Promise<DynamoDb> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server.address())}`;

  const service: JsonService = async (action, input) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${action}`,
      'x-amz-date': '20260101T000000Z',
      authorization,
    };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
    const body: unknown = await response.json();
    if (!response.ok) throw toAwsError(response.status, body);
    return body;
  };

  const names = async (): Promise<string[]> => listed.parse(await service('ListTables', {})).TableNames;

  return {
    service,
    names,
    ensure: async (tables) => {
      const there = await names();
      for (const { name, create } of tables) {
        if (there.includes(name)) continue;
        await service('CreateTable', create);
        await waitUntilActive(service, name);
      }
    },
    remove: async (name) => {
      if ((await names()).includes(name)) await service('DeleteTable', { TableName: name });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
};
