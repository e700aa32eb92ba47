import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import { createBackends } from './backend.ts';
import { createServedRepository, type RepositoryOptions, type ServedRepository } from './repository.ts';
import { createService, type Hooks } from './service.ts';

export interface GitServerOptions extends Hooks {
  /** The folder that holds the repositories. */
  root: string;
  /** @default 0, a free one */
  port?: number;
  /** The largest request, unzipped. @default 256 MiB */
  maxBytes?: number;
}

export interface GitServer {
  url: string;
  /** A name may have folders: `acme/gitops`. */
  createRepository(name: string, options?: RepositoryOptions): Promise<ServedRepository>;
  /** Ends every connection and process, and waits for the `onPush` that are under way. */
  close(): Promise<void>;
}

const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

const listen = async (server: Server, port: number): Promise<string> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the git server listens on no port');
  return `http://127.0.0.1:${address.port}`;
};

/** Git over smart HTTP on loopback: `git http-backend` behind node:http, one process for each request. */
export const createGitServer = async (options: GitServerOptions): Promise<GitServer> => {
  const { port = 0, maxBytes = 256 * 1024 * 1024, ...hooks } = options;
  const root = resolve(options.root);
  const repositories = new Map<string, ServedRepository>();
  const backends = createBackends();
  const serve = createService({ ...hooks, root, maxBytes, backends, find: (name) => repositories.get(name) });

  const pending = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    response.on('error', () => undefined); // the client went away
    const served = serve(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
    pending.add(served);
    void served.finally(() => pending.delete(served));
  });
  const url = await listen(server, port);

  return {
    url,
    async createRepository(name, repositoryOptions = {}) {
      if (!namePattern.test(name) || name.endsWith('.git')) throw new Error(`"${name}" can't be a repository's name`);
      if (repositories.has(name)) throw new Error(`${name} is there already`);
      const where = { name, url: `${url}/${name}.git` };
      const repository = await createServedRepository(join(root, `${name}.git`), where, repositoryOptions);
      repositories.set(name, repository);
      return repository;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await backends.close();
      await Promise.all([closed, ...pending]);
    },
  };
};
