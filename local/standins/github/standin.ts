import type { RefUpdate } from '#local/git-server/push.ts';
import type { RepositoryOptions, ServedRepository } from '#local/git-server/repository.ts';
import { createGitServer, type GitServerOptions } from '#local/git-server/server.ts';
import { type ApiCall, type ApiFault, createGithubApi } from './api/server.ts';
import type { App } from './api/tokens.ts';
import { createErrands } from './errands.ts';
import { createHook, type Faults } from './hook.ts';
import { pushPayload, refPayload } from './payloads.ts';
import { readPush } from './read-push.ts';

export interface GithubOptions extends Omit<GitServerOptions, 'onPush'> {
  /** Where webhooks go, and the secret that signs them. */
  webhookUrl: string;
  secret: string;
  faults?: Faults;
  /** What is installed here. */
  apps?: readonly App[];
  /** What goes wrong with calls of the API. */
  apiFaults?: (call: ApiCall) => ApiFault | undefined;
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
  const {
    webhookUrl,
    secret,
    faults = {},
    apps = [],
    apiFaults,
    patience = 10_000,
    now = Date.now,
    ...serving
  } = options;
  const hook = createHook({ url: webhookUrl, secret, patience }, faults);
  const hosted = new Map<string, Hosted>();
  const served = new Map<string, ServedRepository>();
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

  const api = await createGithubApi({
    apps,
    now,
    faults: apiFaults,
    find: (name) => served.get(name),
    factsOf: (name) => {
      const { htmlUrl, createdAt } = hosted.get(name) ?? { htmlUrl: `https://github.com/${name}`, createdAt: now() };
      return { htmlUrl, createdAt, fullName: name, defaultBranch: served.get(name)?.branch ?? 'main', pushedAt: now() };
    },
    tell: (event, name, payload) => {
      if (hosted.has(name)) errands.add(hook.send(event, name, payload));
    },
    moved: (repository, update) => errands.add(announce(repository, update, now())),
    hooks: {
      webhookUrl,
      isHooked: (name) => hosted.has(name),
      deliveries: hook.deliveries,
      redeliver: (id) => errands.add(hook.redeliver(id)),
    },
  });

  const server = await createGitServer({
    ...serving,
    // A push doesn't wait for its webhooks.
    onPush: (repository, updates) => {
      const pushedAt = now();
      for (const update of updates) {
        errands.add(announce(repository, update, pushedAt));
        errands.add(api.pulls.pushed(repository, update));
      }
    },
  });

  return {
    url: server.url,
    /** GitHub's REST API: `https://api.github.com`, or an Enterprise Server's `/api/v3`. */
    api: api.url,
    apiCalls: api.calls,
    tokensIssued: api.tokens.issued,
    /** The pull requests of a repository, the first one first. */
    pulls: api.pulls.all,
    createRepository: async (name: string, { htmlUrl, hooked = true, ...options }: HostedOptions = {}) => {
      if (hooked) hosted.set(name, { htmlUrl: htmlUrl ?? `https://github.com/${name}`, createdAt: now() });
      const repository = await server.createRepository(name, options);
      served.set(name, repository);
      return repository;
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
      await api.close();
      await server.close();
      await errands.allDone();
    },
  };
};
