import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { localCredentials } from './dynamodb.ts';

const requestSchema = z.object({
  Entries: z.array(
    z.object({
      EventBusName: z.string(),
      Source: z.string(),
      DetailType: z.string(),
      Detail: z.string(),
      Time: z.unknown(),
    }),
  ),
});

export type FakeEntry = z.infer<typeof requestSchema>['Entries'][number];

/** How a request is answered: each entry taken or rejected with a code, or the whole request as a fault of the service. */
type FakeAnswer = readonly (string | undefined)[] | 'hang' | { status: number; type: string };

const idSchema = z.object({ id: z.string() });

/** The id of the event in an entry. */
export const idOf = ({ Detail }: FakeEntry): string => idSchema.parse(JSON.parse(Detail)).id;

const accept = (entries: readonly FakeEntry[]): FakeAnswer => entries.map(() => undefined);

const answerWith = (response: ServerResponse, answer: FakeAnswer): void => {
  if (answer === 'hang') return;
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  if ('status' in answer) {
    response.writeHead(answer.status, headers).end(JSON.stringify({ __type: answer.type, message: 'fake' }));
    return;
  }
  const Entries = answer.map((code, index) =>
    code === undefined ? { EventId: String(index) } : { ErrorCode: code, ErrorMessage: 'fake rejection' },
  );
  const FailedEntryCount = answer.filter((code) => code !== undefined).length;
  response.writeHead(200, headers).end(JSON.stringify({ FailedEntryCount, Entries }));
};

/** EventBridge's PutEvents on loopback, reached by the real client. It takes everything until told otherwise. */
export const startFakeEventBridge = async () => {
  const requests: FakeEntry[][] = [];
  const taken: FakeEntry[] = [];
  let respond: (entries: readonly FakeEntry[], request: number) => FakeAnswer = accept;

  const server = createServer(async (request, response) => {
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents') throw new Error('fake: only PutEvents is known');
    const { Entries } = requestSchema.parse(JSON.parse(await text(request)));
    requests.push(Entries);
    const answer = respond(Entries, requests.length);
    if (Array.isArray(answer)) taken.push(...Entries.filter((_, index) => answer[index] === undefined));
    answerWith(response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });

  return {
    client,
    /** The entries of each request, whatever was answered. */
    requests,
    /** The ids of the events that were taken, in their order. */
    published: (): string[] => taken.map(idOf),
    taken,
    respondWith: (next: typeof respond): void => {
      respond = next;
    },
    reset: (): void => {
      requests.length = 0;
      taken.length = 0;
      respond = accept;
    },
    close: async (): Promise<void> => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type FakeEventBridge = Awaited<ReturnType<typeof startFakeEventBridge>>;
