import { resolve } from 'node:path';
import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { publishConfig } from './config/publish.ts';
import { runHere } from './terminal/run.ts';
import { type Session, say } from './terminal/session.ts';

const { env }: Session = process;

const command = {
  name: 'config:publish',
  help: `npm run config:publish -- --config <fairlead.yaml> --stage <stage> [options]

Checks a configuration, shows what it changes, and publishes it. Functions act by it within a minute, without a deployment.

  --config <file>      the platform file; services are read as its include says
  --stage <stage>      whose functions act by it
  --dry-run            shows what would change, and publishes nothing
  --switch-off-wrong   publishes although services are wrong; each is switched off, and its team told
  --yes, -y            don't ask; needed where nobody can be asked
  --help, -h           this`,
  operands: [],
  options: {
    config: { type: 'string' },
    stage: { type: 'string' },
    'dry-run': { type: 'boolean' },
    'switch-off-wrong': { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
  } as const,
  schema: z.object({
    // npm runs scripts in the project's folder, and says where it was called.
    config: z
      .string()
      .min(1)
      .transform((path) => resolve(env.INIT_CWD ?? '.', path)),
    stage: nameSchema,
    'dry-run': z.boolean().default(false),
    'switch-off-wrong': z.boolean().default(false),
    yes: z.boolean().default(false),
  }),
};

process.exitCode = await runHere(command, process, (wanted, session) =>
  publishConfig(
    { ...wanted, dryRun: wanted['dry-run'], switchOffWrong: wanted['switch-off-wrong'] },
    session,
    async () => {
      const { openConfigPlace } = await import('./config/place.ts'); // the SDK is most of the start-up time
      const place = await openConfigPlace(wanted.stage, session.env);
      if (place.local !== undefined) say(session.stderr, `(on the local Fairlead at ${place.local})`);
      return place;
    },
  ),
);
