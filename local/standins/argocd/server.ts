import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Push, readPush, WebhookRefusal } from './push.ts';

const mostBytes = 50 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly json?: unknown;
}

interface Served {
  readonly webhookSecret: string;
  /** The status to answer a webhook instead of listening. */
  fault(): number | undefined;
  take(push: Push): void;
  readonly apiToken: string | undefined;
  application(name: string): unknown;
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const body = await buffer(request);
  if (body.byteLength > mostBytes) throw new WebhookRefusal('error parsing payload');
  return body;
};

/** Argo CD's server, of which `/api/webhook` and one application's resource are there. */
export const serveArgocd = async ({ webhookSecret, fault, take, apiToken, application }: Served) => {
  /** What there is not is denied like what may not be seen: Argo CD gives no names away. */
  const answerApi = ({ headers }: IncomingMessage, name: string): Answer => {
    if (apiToken === undefined || headers.authorization !== `Bearer ${apiToken}`)
      return { status: 401, json: { error: 'no session information', code: 16 } };
    const found = application(decodeURIComponent(name));
    return found === undefined
      ? { status: 403, json: { error: 'permission denied', code: 7 } }
      : { status: 200, json: found };
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, name] = /^\/api\/v1\/applications\/([^/]+)$/.exec(pathname) ?? [];
    if (name !== undefined && request.method === 'GET') return answerApi(request, name);
    if (pathname !== '/api/webhook') return { status: 404, text: '404 page not found' };
    const status = fault();
    if (status !== undefined) return { status, text: 'Queue is full, discarding webhook payload' };
    if (request.headers['x-github-event'] === undefined) return { status: 400, text: 'Unknown webhook event' };
    if (request.method !== 'POST') return { status: 405, text: 'Webhook processing failed: invalid HTTP Method' };
    try {
      const push = readPush(request.headers, await readBody(request), webhookSecret);
      if (push) take(push);
      return { status: 200 };
    } catch (error) {
      if (!(error instanceof WebhookRefusal)) throw error;
      return { status: 400, text: `Webhook processing failed: ${error.message}` };
    }
  };

  const server = createServer((request, response) => {
    void answer(request)
      .then(({ status, text, json }) =>
        json === undefined
          ? response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
          : response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json)),
      )
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in of Argo CD listens on no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    close: (): void => {
      server.close();
      server.closeAllConnections();
    },
  };
};
