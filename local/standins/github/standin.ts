import type { RefUpdate } from '#local/git-server/push.ts';
import type { RepositoryOptions, ServedRepository } from '#local/git-server/repository.ts';
import { createGitServer, type GitServerOptions } from '#local/git-server/server.ts';
import { createErrands } from './errands.ts';
import { createHook, type Faults } from './hook.ts';
import { pushPayload, refPayload } from './payloads.ts';
import { readPush } from './read-push.ts';

export interface GithubOptions extends Omit<GitServerOptions, 'onPush'> {
  /** Where webhooks go, and the secret that signs them. */
  webhookUrl: string;
  secret: string;
  faults?: Faults;
  /** How long an answer is waited for, in milliseconds. @default 10000, as GitHub */
  patience?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface HostedOptions extends RepositoryOptions {
  /** The page for people, which payloads name. @default `https://github.com/<name>` */
  htmlUrl?: string;
  /** Whether a webhook is set up for it. @default true */
  hooked?: boolean;
}

interface Hosted {
  htmlUrl: string;
  createdAt: number;
}

/** Nobody logs in to the stand-in, so the author of the pushed commit is who pushed. */
const nobody = { name: 'Ada', email: 'ada@acme.dev' };

/** GitHub on loopback: a git server whose pushes send the signed webhooks that GitHub's send. */
export const createGithubStandin = async (options: GithubOptions) => {
  const { webhookUrl, secret, faults = {}, patience = 10_000, now = Date.now, ...serving } = options;
  const hook = createHook({ url: webhookUrl, secret, patience }, faults);
  const hosted = new Map<string, Hosted>();
  const errands = createErrands();

  const announce = async (repository: ServedRepository, update: RefUpdate, pushedAt: number): Promise<void> => {
    const here = hosted.get(repository.name);
    if (here === undefined) return;
    const facts = { ...here, fullName: repository.name, defaultBranch: repository.branch, pushedAt };
    const push = await readPush(repository, update);
    const pusher = push.head?.author ?? nobody;
    const changesRef = push.created ? 'create' : push.deleted ? 'delete' : undefined;
    await Promise.all([
      hook.send('push', repository.name, pushPayload(push, pusher, facts)),
      changesRef && hook.send(changesRef, repository.name, refPayload(push, pusher, facts)),
    ]);
  };

  const server = await createGitServer({
    ...serving,
    // A push doesn't wait for its webhooks.
    onPush: (repository, updates) => {
      const pushedAt = now();
      for (const update of updates) errands.add(announce(repository, update, pushedAt));
    },
  });

  return {
    url: server.url,
    createRepository: async (name: string, { htmlUrl, hooked = true, ...repository }: HostedOptions = {}) => {
      if (hooked) hosted.set(name, { htmlUrl: htmlUrl ?? `https://github.com/${name}`, createdAt: now() });
      return server.createRepository(name, repository);
    },
    /** Where git clones a repository from, and pushes it to. */
    cloneUrl: (name: string): string => `${server.url}/${name}.git`,
    deliveries: hook.deliveries,
    subscribe: hook.subscribe,
    redeliver: (id: string): void => errands.add(hook.redeliver(id)),
    /** Resolves once every webhook was answered, or given up; rejects with what went wrong in here. */
    idle: errands.idle,
    close: async (): Promise<void> => {
      hook.close();
      await server.close();
      await errands.allDone();
    },
  };
};
