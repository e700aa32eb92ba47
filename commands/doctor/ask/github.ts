import { type GithubRepository, githubRepositoryOf } from '#shared/clients/github/where.ts';
import type { Config } from '#shared/config/config.ts';
import { type Check, check } from '../checks.ts';
import { judgeHooks, type Told, untoldHook } from '../judge/hooks.ts';
import { lookAtHooks } from '../look/hooks.ts';
import type { Known } from '../world.ts';

interface Telling {
  readonly told: Told;
  readonly repository: GithubRepository;
}

/** A pipeline is started by a push; a workflow's own build is told by its runs, too. */
const sourceEvents = (build: Config['services'][number]['build']): readonly string[] =>
  build === undefined ? ['push', 'workflow_run', 'workflow_job'] : ['push'];

/** The repositories that have to tell Fairlead, each once, with all that they have to tell. */
const tellingIn = ({ services, gitops }: Config): Telling[] => {
  const offered = new Set(
    services.flatMap(({ environments }) =>
      environments.flatMap((one) => (one.strategy === 'pull-request' ? [one.gitops] : [])),
    ),
  );
  const all = [
    ...services.flatMap(({ source, build }) => (source ? [{ where: source, events: sourceEvents(build) }] : [])),
    ...Object.values(gitops)
      .filter(({ name }) => offered.has(name))
      .map((where) => ({ where, events: ['push', 'pull_request'] })),
  ];
  const found = new Map<string, Telling>();
  for (const { where, events } of all) {
    const repository = githubRepositoryOf(where);
    if (repository === undefined) continue;
    const name = `${repository.owner}/${repository.repo}`;
    const known = found.get(name)?.told.events ?? [];
    found.set(name, { repository, told: { name, events: [...new Set([...known, ...events])] } });
  }
  return [...found.values()];
};

/** Whether the repositories tell Fairlead. The local GitHub always does, and has no hooks to look at. */
export const githubChecks = ({ api, present, environment, local }: Known): Check[] => {
  if (local !== undefined) return [];
  const url = `${(api ?? 'https://<the HTTP API>').replace(/\/+$/, '')}/webhooks/github`;
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN;
  return tellingIn(present.config).map(({ told, repository }) =>
    check(
      'github',
      `the webhooks of ${told.name}`,
      async (signal) =>
        token && api !== undefined ? { hooks: await lookAtHooks(repository, token, signal) } : undefined,
      (seen) => (seen === undefined ? untoldHook(told, url) : judgeHooks(told, url, seen.hooks)),
    ),
  );
};
