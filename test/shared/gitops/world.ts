import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedRepository } from '#local/git-server/repository.ts';
import type { GitRequest } from '#local/git-server/route.ts';
import { createGitServer, type GitServer, type GitServerOptions } from '#local/git-server/server.ts';
import type { GitRepository } from '#shared/gitops/intent.ts';
import { createWriter, type Writer, type WriterOptions } from '#shared/gitops/writer.ts';
import { kustomization } from './standard.ts';

export interface World {
  readonly folder: string;
  readonly server: GitServer;
  readonly served: ServedRepository;
  readonly repository: GitRepository;
  /** What git has asked of the server, since it was last read. */
  asked(): string[];
  /** A writer with a folder of its own, unless it is given one. */
  writer(options?: Partial<WriterOptions>): Writer;
  read(path: string): Promise<string>;
  /** The subjects of all commits, the oldest first. */
  subjects(): Promise<string[]>;
  end(): Promise<void>;
}

export const manifest = (service: string, environment = 'staging'): string =>
  `apps/${service}/overlays/${environment}/kustomization.yaml`;

interface Options extends Omit<Partial<GitServerOptions>, 'root'> {
  files?: Record<string, string | Buffer | { link: string }>;
  token?: string;
}

/** A served GitOps repository with two services, and writers for it. */
export const createWorld = async ({ files, token, intercept, ...options }: Options = {}): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'gitops-test-'));
  const asked: GitRequest[] = [];
  const server = await createGitServer({
    ...options,
    root: join(folder, 'served'),
    intercept: (request) => {
      asked.push(request);
      return intercept?.(request);
    },
  });
  const served = await server.createRepository('acme/gitops', {
    ...(token !== undefined && { token, private: true }),
    files: {
      [manifest('checkout')]: kustomization('checkout', 'main-0'),
      [manifest('checkout', 'production')]: kustomization('checkout', 'main-0'),
      [manifest('ledger')]: kustomization('ledger', 'main-0'),
      'README.md': 'What runs where\n',
      ...files,
    },
  });
  let folders = 0;
  return {
    folder,
    server,
    served,
    repository: { name: 'main', url: served.url, branch: 'main', token },
    asked: () => asked.splice(0).map(({ kind, step }) => `${kind} ${step}`),
    writer: (writerOptions = {}) => {
      folders += 1;
      const { PATH } = process.env;
      return createWriter({ directory: join(folder, `warm-${folders}`), environment: { PATH }, ...writerOptions });
    },
    read: async (path) => (await served.read(path)).toString(),
    subjects: async () => {
      const commits = await served.commits('0', (await served.head()) ?? '0', 1000);
      return commits.map(({ message }) => message.split('\n')[0] ?? '');
    },
    end: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
