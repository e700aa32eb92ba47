import { type GithubRepository, githubRepositoryOf } from '#shared/clients/github/where.ts';
import type { Config } from '#shared/config/config.ts';

/** The host of a source has to be GitHub's own, or that of a GitOps repository. */
const hostsOf = ({ gitops }: Config): ReadonlyMap<string, string> =>
  new Map([
    ['https://api.github.com', 'https://api.github.com'],
    ...Object.values(gitops).flatMap(({ repository, api }): [string, string][] => {
      const plain = githubRepositoryOf({ repository });
      return plain ? [[plain.api, api ?? plain.api]] : [];
    }),
  ]);

/**
 * The repositories of the services' sources, each once. Teams name them, so the token is for the platform's hosts alone: what
 * is elsewhere is `elsewhere`.
 */
export const sourcesOf = (config: Config): { repositories: GithubRepository[]; elsewhere: string[] } => {
  const hosts = hostsOf(config);
  const repositories = new Map<string, GithubRepository>();
  const elsewhere = new Set<string>();
  for (const { source } of config.services) {
    const found = source && githubRepositoryOf({ repository: source.repository });
    if (found === undefined) continue;
    const api = hosts.get(found.api);
    if (api === undefined) elsewhere.add(`${found.owner}/${found.repo} of ${new URL(found.api).host}`);
    else repositories.set(JSON.stringify([api, found.owner, found.repo]).toLowerCase(), { ...found, api });
  }
  return { repositories: [...repositories.values()], elsewhere: [...elsewhere] };
};
