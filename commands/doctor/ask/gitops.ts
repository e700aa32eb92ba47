import { createAppTokens } from '#shared/clients/github/app-tokens.ts';
import type { Secrets } from '#shared/clients/secrets.ts';
import { createAccess } from '#shared/gitops/access.ts';
import { findingsOf } from '../../plan/findings.ts';
import { filesNamedIn } from '../../plan/present.ts';
import { survey } from '../../plan/survey.ts';
import { type Check, check } from '../checks.ts';
import { judgePlaces, judgeReached } from '../judge/gitops.ts';
import type { Stored } from '../judge/secrets.ts';
import { lookAtGitops } from '../look/gitops.ts';
import type { Known } from '../world.ts';

/** A large repository is fetched whole, if shallow. Milliseconds. */
const patience = 120_000;

/** What was read already, as the writer's access asks for it. */
const secretsOf = (stored: Stored, prefix: string): Pick<Secrets, 'find' | 'get'> => ({
  find: async (path) => stored.get(path)?.value,
  get: async (path) => {
    const found = stored.get(path);
    if (found === undefined) throw new Error(`${prefix}/${path} is not set`);
    return found.value;
  },
});

/** The repositories as the writer reaches them, and the places as it finds them. */
export const gitopsChecks = ({ present, prefix, stored = new Map(), environment }: Known): Check[] => {
  const { config } = present;
  const access = createAccess({ secrets: secretsOf(stored, prefix), prefix, appTokens: createAppTokens() });
  const environments = config.services.flatMap((service) => service.environments);
  return Object.values(config.gitops).map((gitops) => {
    const { name, repository: url } = gitops;
    const own = environments.filter((one) => one.gitops === name);
    return check(
      'gitops',
      url,
      async (signal) => {
        const pullRequests = own.some(({ strategy }) => strategy === 'pull-request');
        const repository = await access(gitops, { pullRequests }, signal);
        return lookAtGitops(repository, { environment, also: filesNamedIn(present, name), signal });
      },
      ({ reached, snapshot }) => [
        ...judgeReached(
          gitops,
          prefix,
          own.some(({ mode }) => mode === 'write'),
          reached,
        ),
        ...(snapshot === undefined ? [] : judgePlaces(name, findingsOf([survey({ name, url, snapshot })], present))),
      ],
      patience,
    );
  });
};
