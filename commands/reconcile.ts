import { resolve } from 'node:path';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { type GithubRepository, githubRepositoryOf } from '#shared/clients/github/where.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { Failure } from './failure.ts';
import { readPresent } from './plan/present.ts';
import { createHooks } from './reconcile/hooks.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { runHere } from './terminal/run.ts';
import type { Session } from './terminal/session.ts';

const { env }: Session = process;

const url = z
  .url({ protocol: /^https?$/ })
  .transform((given) => given.replace(/\/+$/, ''))
  .optional();

const command = {
  name: 'reconcile',
  help: `npm run reconcile -- --config <fairlead.yaml> --stage <stage> [options]

Asks GitHub which webhooks of the services' repositories never arrived, for GitHub itself sends none twice; asks; and has each
sent again, once. What arrived after all is recognised by its content.

  --config <file>     the stage's platform file
  --days <n>          how far back, from 1 to 30 (3)
  --dry-run           looks only
  --api <url>         of the stage's HTTP API, where a repository tells several stages
  --github-api <url>  of GitHub's API, where a repository's host does not tell
  --yes, -y           don't ask; needed where nobody can be asked
  --help, -h          this

GITHUB_TOKEN is a token that may read and redeliver the repositories' webhooks (admin:repo_hook; fine-grained: Webhooks, write).`,
  operands: [],
  options: {
    stage: { type: 'string' },
    config: { type: 'string' },
    days: { type: 'string' },
    'dry-run': { type: 'boolean' },
    api: { type: 'string' },
    'github-api': { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  } as const,
  schema: z.object({
    stage: nameSchema,
    // npm runs scripts in the project's folder, and says where it was called.
    config: z
      .string()
      .min(1)
      .transform((path) => resolve(env.INIT_CWD ?? '.', path)),
    days: z.coerce.number('wants a number from 1 to 30').int('wants a whole number').min(1).max(30).default(3),
    'dry-run': z.boolean().default(false),
    api: url,
    'github-api': url,
    yes: z.boolean().default(false),
  }),
};

process.exitCode = await runHere(command, process, async (wanted, session) => {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!token)
    throw new Failure('GITHUB_TOKEN is not set: a token that may read and redeliver webhooks (admin:repo_hook).');
  const { files } = await readPresent(wanted.config);
  const { services } = parseConfig(files, wanted.stage);
  const repositories = new Map<string, GithubRepository>();
  for (const { source } of services) {
    const api = wanted['github-api'];
    const found = source && githubRepositoryOf({ repository: source.repository, ...(api && { api }) });
    if (found !== undefined) repositories.set(JSON.stringify(found).toLowerCase(), found);
  }
  if (repositories.size === 0) throw new Failure(`No service of the stage ${wanted.stage} has a source on GitHub.`);
  return reconcile([...repositories.values()], { ...wanted, dryRun: wanted['dry-run'] }, session, (repository) =>
    createHooks(repository, token),
  );
});
