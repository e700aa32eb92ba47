import { resolve } from 'node:path';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { createHooks } from '#shared/clients/github/hooks.ts';
import { type GithubRepository, githubRepositoryOf } from '#shared/clients/github/where.ts';
import type { Config } from '#shared/config/config.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { ecrRepositoriesOf } from '#shared/reconciling/ecr.ts';
import { Failure } from './failure.ts';
import { readPresent } from './plan/present.ts';
import { reconcileImages } from './reconcile/images.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { runHere } from './terminal/run.ts';
import { type Session, say } from './terminal/session.ts';

const { env }: Session = process;

const url = z
  .url({ protocol: /^https?$/ })
  .transform((given) => given.replace(/\/+$/, ''))
  .optional();

const command = {
  name: 'reconcile',
  help: `npm run reconcile -- --config <fairlead.yaml> --stage <stage> [options]

Looks for what senders have lost. Asks GitHub which webhooks of the services' repositories never arrived, for GitHub itself
sends none twice; and ECR which images no event has told of. Asks, and has each sent again, once. What arrived after all is
recognised by its content.

  --config <file>     the stage's platform file
  --days <n>          how far back, from 1 to 30 (3)
  --only <which>      github or images; else both
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
    only: { type: 'string' },
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
    only: z.enum(['github', 'images'], 'wants github or images').optional(),
    'dry-run': z.boolean().default(false),
    api: url,
    'github-api': url,
    yes: z.boolean().default(false),
  }),
};

type Wanted = z.infer<typeof command.schema>;

const askGithub = async ({ services }: Config, wanted: Wanted, session: Session): Promise<number> => {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!token) {
    say(session.stderr, 'GitHub is not asked: GITHUB_TOKEN is not set.');
    return wanted.only === 'github' ? 1 : 0;
  }
  const api = wanted['github-api'];
  const repositories = new Map<string, GithubRepository>();
  for (const { source } of services) {
    const found = source && githubRepositoryOf({ repository: source.repository, ...(api && { api }) });
    if (found !== undefined) repositories.set(JSON.stringify(found).toLowerCase(), found);
  }
  return reconcile([...repositories.values()], { ...wanted, dryRun: wanted['dry-run'] }, session, (repository) =>
    createHooks(repository, token),
  );
};

const askEcr = async ({ services }: Config, wanted: Wanted, session: Session): Promise<number> => {
  const repositories = ecrRepositoriesOf(services);
  const { openImagePlace } = await import('./reconcile/image-place.ts'); // the SDK is most of the start-up time
  const place = await openImagePlace(wanted.stage, env);
  if (place.local !== undefined) say(session.stderr, `(on the local Fairlead at ${place.local})`);
  return reconcileImages(
    repositories,
    { days: wanted.days, dryRun: wanted['dry-run'], yes: wanted.yes, now: Date.now() },
    session,
    place,
  );
};

process.exitCode = await runHere(command, process, async (wanted, session) => {
  if (!wanted.yes && !wanted['dry-run'] && !session.stdin.isTTY) {
    throw new Failure('Nobody can be asked here, for there is no terminal. Add --yes, or --dry-run to look only.', {
      code: 2,
    });
  }
  const { files } = await readPresent(wanted.config);
  const config = parseConfig(files, wanted.stage);
  const codes = [
    wanted.only === 'images' ? 0 : await askGithub(config, wanted, session),
    wanted.only === 'github' ? 0 : await askEcr(config, wanted, session),
  ];
  return Math.max(...codes);
});
