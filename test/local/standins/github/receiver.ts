import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';

export interface Received {
  readonly event: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly payload: Record<string, unknown>;
}

const payloadSchema = z.record(z.string(), z.unknown());

/** Whoever a webhook is set up for: keeps what comes, and answers with `status`, or never. */
export const createReceiver = async (status: number | 'never' = 202) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString('utf8');
    const event = String(request.headers['x-github-event']);
    received.push({ event, headers: request.headers, body, payload: payloadSchema.parse(JSON.parse(body)) });
    if (status !== 'never') response.writeHead(status, { location: '/elsewhere' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake receiver listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}/webhooks/github`,
    received,
    of: (event: string): Received[] => received.filter((webhook) => webhook.event === event),
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
