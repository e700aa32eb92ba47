import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { localCredentials } from './dynamodb.ts';

const requestSchema = z.object({ Names: z.array(z.string()).min(1).max(10), WithDecryption: z.literal(true) });

/** SSM's GetParameters on loopback, reached by the real client. */
export const startFakeSsm = async (parameters: ReadonlyMap<string, string>) => {
  const requests: string[][] = [];
  let fault: { status: number; type: string } | undefined;
  const server = createServer(async (request, response) => {
    if (request.headers['x-amz-target'] !== 'AmazonSSM.GetParameters') {
      response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'UnknownOperationException', message: 'fake: only GetParameters' }));
      return;
    }
    const { Names } = requestSchema.parse(JSON.parse(await text(request)));
    requests.push(Names);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (fault !== undefined) {
      response.writeHead(fault.status).end(JSON.stringify({ __type: fault.type, message: 'fake' }));
      return;
    }
    const Parameters = Names.filter((name) => parameters.has(name)).map((Name) => ({
      Name,
      Type: 'SecureString',
      Value: parameters.get(Name),
    }));
    const InvalidParameters = Names.filter((name) => !parameters.has(name));
    response.end(JSON.stringify({ Parameters, InvalidParameters }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const client = new SSMClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });
  return {
    client,
    requests,
    fail: (next: typeof fault): void => {
      fault = next;
    },
    close: async (): Promise<void> => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
