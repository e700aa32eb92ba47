import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import type { createClosers } from './aws/closers.ts';
import type { ServedRepository } from './git-server/repository.ts';
import { secrets } from './secrets.ts';
import { createArgocdStandin } from './standins/argocd/standin.ts';
import type { createGithubStandin } from './standins/github/standin.ts';
import type { createPipelineStandin } from './standins/pipeline/standin.ts';
import type { createSlackStandin } from './standins/slack/standin.ts';
import type { World } from './world/world.ts';

type Github = Awaited<ReturnType<typeof createGithubStandin>>;
type Closers = ReturnType<typeof createClosers>;
type OptionsOf<Standin extends (options: never) => unknown> = Partial<Parameters<Standin>[0]>;

/** How slow the stand-ins are, and what goes wrong in them. */
export interface StandinOptions {
  readonly github?: Pick<OptionsOf<typeof createGithubStandin>, 'faults'>;
  readonly pipelines?: Pick<OptionsOf<typeof createPipelineStandin>, 'delays' | 'faults'>;
  readonly argocd?: Pick<OptionsOf<typeof createArgocdStandin>, 'delays' | 'faults'>;
  readonly slack?: Pick<OptionsOf<typeof createSlackStandin>, 'faults' | 'rateLimit'>;
}

const root = join(import.meta.dirname, '..');

/** The GitOps repositories that get pull requests, whose ends must be told of. */
const withPullRequests = ({ services }: Config): ReadonlySet<string> =>
  new Set(
    services.flatMap(({ environments }) =>
      environments.flatMap(({ strategy, gitops }) => (strategy === 'pull-request' ? gitops : [])),
    ),
  );

/**
 * Repositories of both kinds on one GitHub. The hook is set up where a user would: at sources, and at the GitOps repositories
 * that get pull requests.
 */
export const hostRepositories = async (world: World, config: Config, github: Github) => {
  const hooked = withPullRequests(config);
  const sources = new Map<string, ServedRepository>();
  for (const { name, url, branch, files } of world.sources) {
    sources.set(name, await github.createRepository(name, { htmlUrl: url, branch, files }));
  }
  const gitops = new Map<string, ServedRepository>();
  for (const [key, { name, branch, files }] of Object.entries(world.gitops)) {
    const htmlUrl = github.cloneUrl(name).replace(/\.git$/, '');
    const closed = { token: secrets.gitops, private: true, hooked: hooked.has(key), htmlUrl };
    gitops.set(key, await github.createRepository(name, { branch, files, ...closed }));
  }
  return { sources, gitops };
};

interface Watched {
  readonly world: World;
  readonly github: Github;
  /** The URL that is told. */
  readonly api: string;
  readonly options: StandinOptions['argocd'];
}

/** The configuration's instances of Argo CD, by name. */
export const startArgocds = async ({ world, github, api, options }: Watched, closers: Closers) => {
  const configMap = await readFile(join(root, 'deploy/argocd/notifications.yaml'), 'utf8');
  const started = new Map<string, Awaited<ReturnType<typeof createArgocdStandin>>>();
  for (const [name, applications] of Object.entries(world.applications)) {
    const argocd = await createArgocdStandin({
      name,
      applications: applications.map(({ name: application, gitops, place }) => {
        const repository = world.gitops[gitops];
        return {
          name: application,
          repoUrl: github.cloneUrl(repository?.name ?? gitops),
          branch: repository?.branch ?? 'main',
          place,
        };
      }),
      // Argo CD has credentials of its own for the repositories that it deploys from.
      repositoryToken: secrets.gitops,
      webhookSecret: secrets.argocdWebhook,
      apiToken: secrets.argocdApi,
      notifications: { configMap, url: `${api}/webhooks/argocd/${name}`, token: secrets.argocdToken },
      ...options,
    });
    closers.add(argocd.close);
    started.set(name, argocd);
  }
  return started;
};
