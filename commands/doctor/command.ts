import { resolve } from 'node:path';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';

const help = `npm run doctor -- --stage <stage> [--config <fairlead.yaml>] [--json]

Looks at everything that has to be set up for a stage, and says what to do about each thing that is missing. It changes
nothing and shows no secret.

  --config <fairlead.yaml>  the stage's configuration (not needed for a stage that npm start runs)
  --api <url>               of the HTTP API, where the stack's outputs can't be read
  --slack-api <url>         what speaks Slack's API, if not https://slack.com/api/
  --json                    for programs (npm run -s keeps npm's own words out of it)
  --help, -h                this

GITHUB_TOKEN, if set, is used to look at the repositories' webhooks.
It ends with 0 if nothing is missing, 1 otherwise, 2 if it was typed wrong.`;

const httpUrl = z.url({ protocol: /^https?$/ });

/** What is typed; paths are seen from the folder in which it was. */
export const doctorCommand = (from: string) => ({
  name: 'doctor',
  help,
  operands: [],
  options: {
    stage: { type: 'string' },
    config: { type: 'string' },
    api: { type: 'string' },
    'slack-api': { type: 'string' },
    json: { type: 'boolean' },
  } as const,
  schema: z.object({
    stage: nameSchema,
    config: z
      .string()
      .min(1)
      .optional()
      .transform((path) => (path === undefined ? undefined : resolve(from, path))),
    api: httpUrl.optional(),
    'slack-api': httpUrl.optional(),
    json: z.boolean().default(false),
  }),
});
