import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Told {
  /** What the function answered, or the error that it ended with. */
  readonly kind: 'response' | 'error' | 'init-error';
  readonly payload: unknown;
}

export interface RuntimeApi {
  /** `host:port`: the `AWS_LAMBDA_RUNTIME_API` of one execution environment. */
  readonly address: string;
  /** Hands the environment an event, and waits for what comes of it. */
  invoke(event: unknown, functionArn: string, timeoutSeconds: number): Promise<Told>;
  close(): Promise<void>;
}

const version = '/2018-06-01/runtime';

/**
 * Lambda's Runtime API on loopback, for one execution environment and one invocation at a time, as AWS documents it ("Using the
 * Lambda runtime API for custom runtimes"). The environment asks for its next event, which waits; and tells its answer.
 */
export const createRuntimeApi = async (): Promise<RuntimeApi> => {
  let waiting: ServerResponse | undefined;
  let queued: { headers: Record<string, string>; body: string } | undefined;
  let telling: PromiseWithResolvers<Told> | undefined;

  const handOver = (): void => {
    if (waiting === undefined || queued === undefined) return;
    waiting.writeHead(200, { 'content-type': 'application/json', ...queued.headers }).end(queued.body);
    waiting = undefined;
    queued = undefined;
  };

  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && request.url === `${version}/invocation/next`) {
      waiting = response;
      handOver();
      return;
    }
    const payload: unknown = JSON.parse((await buffer(request)).toString() || 'null');
    const path = request.url?.slice(version.length) ?? '';
    const kind = /^\/invocation\/[^/]+\/response$/.test(path)
      ? 'response'
      : /^\/invocation\/[^/]+\/error$/.test(path)
        ? 'error'
        : path === '/init/error'
          ? 'init-error'
          : undefined;
    response.writeHead(kind === undefined ? 404 : 202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (kind !== undefined) telling?.resolve({ kind, payload });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The runtime API listens on no port.');

  return {
    address: `127.0.0.1:${address.port}`,
    invoke: (event, functionArn, timeoutSeconds) => {
      telling = Promise.withResolvers();
      queued = {
        headers: {
          'lambda-runtime-aws-request-id': randomUUID(),
          'lambda-runtime-deadline-ms': String(Date.now() + timeoutSeconds * 1000),
          'lambda-runtime-invoked-function-arn': functionArn,
          'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
        },
        body: JSON.stringify(event),
      };
      handOver();
      return telling.promise;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
};
