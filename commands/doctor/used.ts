import type { Config } from '#shared/config/config.ts';

const only = <Value>(all: Readonly<Record<string, Value>>, used: ReadonlySet<string>): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));

/** A configuration with what its environments use: another stage's instances and repositories need nothing here. */
export const usedIn = (config: Config): Config => {
  const environments = config.services.flatMap((service) => service.environments);
  const instances = environments.flatMap(({ applications }) => applications.map((name) => name.split('/')[0] ?? ''));
  return {
    ...config,
    gitops: only(config.gitops, new Set(environments.map(({ gitops }) => gitops))),
    argocd: only(config.argocd, new Set(instances)),
    teams: only(config.teams, new Set(config.services.map(({ team }) => team))),
  };
};
