import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createAdverts } from './adverts.ts';
import { type Destination, forward } from './forward.ts';
import { isReachable, openUpstreamLine, type UpstreamLine } from './upstream-line.ts';

interface Remote {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** What git needs to reach a repository through the gateway. */
export interface Passage {
  /** In place of the repository's URL. */
  readonly url: string;
  /** A header without which nobody passes. */
  readonly pass: string;
  /** Why the server could not be reached, the last time; undefined when it was. */
  failure(): string | undefined;
}

export interface Gateway {
  /** Undefined where git must go by itself. */
  admit(remote: Remote): Promise<Passage | undefined>;
}

interface Open {
  readonly port: number;
  readonly line: UpstreamLine;
  readonly server: Server;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Nobody has asked for so long, in ms: it is opened again when somebody does. */
const idleMilliseconds = 10_000;

const mostDestinations = 64;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { connection: 'close' }).end();
};

/**
 * A server on loopback through which git reaches its repositories. Git opens a connection in each of its processes, and asks
 * each time what the server can do; here one connection serves them all, and what is known is not asked again. Tokens stay in
 * this process: git has none.
 */
export const createGateway = (environment: Environment): Gateway => {
  const secret = randomBytes(32).toString('hex');
  const destinations = new Map<string, Destination>();
  let opening: Promise<Open> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let busy = 0;

  const close = async (): Promise<void> => {
    const open = await opening;
    opening = undefined;
    open?.line.close();
    open?.server.close();
    open?.server.closeIdleConnections();
  };
  const inUse = (): void => {
    clearTimeout(idle);
    if (busy === 0) idle = setTimeout(() => void close(), idleMilliseconds).unref();
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const shown = request.headers['x-fairlead-pass'];
    if (typeof shown !== 'string' || !timingSafeEqual(hash(shown), hash(secret))) return refuse(response, 403);
    const [, key = '', path = ''] = /^\/([0-9a-f]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const destination = destinations.get(key);
    const open = await opening;
    if (destination === undefined || open === undefined) return refuse(response, 404);
    await forward(open.line, destination, path, request, response);
  };

  const listen = async (): Promise<Open> => {
    const line = await openUpstreamLine(environment);
    const server = createServer({ noDelay: true }, (request, response) => {
      response.on('error', () => undefined); // git went away
      busy += 1;
      inUse();
      void take(request, response)
        .catch(() => response.destroy())
        .finally(() => {
          busy -= 1;
          inUse();
        });
    });
    // Neither it nor what it waits for keeps the process up: git is waited for elsewhere.
    server.listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the gateway listens on no port');
    return { port: address.port, line, server };
  };

  /** Undefined where it can't be opened: git tells better what is wrong. */
  const open = async (): Promise<Open | undefined> => {
    opening ??= listen();
    try {
      return await opening;
    } catch {
      opening = undefined;
      return undefined;
    }
  };

  const destinationOf = ({ url, authorization }: Remote): string => {
    const key = hash(`${url}\0${authorization ?? ''}`)
      .toString('hex')
      .slice(0, 16);
    const destination = destinations.get(key) ?? { url, authorization, adverts: createAdverts(), failure: undefined };
    // The last used is the last in the map. Tokens come and go: what was not used for long is forgotten.
    destinations.delete(key);
    destinations.set(key, destination);
    for (const oldest of [...destinations.keys()].slice(0, -mostDestinations)) destinations.delete(oldest);
    return key;
  };

  return {
    async admit(remote) {
      if (!isReachable(remote.url, environment)) return undefined;
      const opened = await open();
      if (opened === undefined) return undefined;
      inUse();
      const key = destinationOf(remote);
      const url = `http://127.0.0.1:${opened.port}/${key}`;
      return { url, pass: secret, failure: () => destinations.get(key)?.failure };
    },
  };
};
