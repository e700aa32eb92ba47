import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { redrive } from './failures/redrive.ts';
import { run } from './terminal/run.ts';

const command = {
  name: 'redrive',
  help: `npm run redrive -- --stage <stage> [options]

Says what lies in the failure queue, why, and where it will go; asks; and sends each to the function or queue that failed
on it, to nobody else. It is deleted from the failure queue once it was accepted.

  --dry-run          looks only
  --function <name>  only what failed at this function (or queue, such as image-requests)
  --max <n>          how many messages at most, from 1 to 1000 (100)
  --actor <name>     who you are, if not whom AWS (locally: this machine) knows you as
  --yes, -y          don't ask; needed where nobody can be asked
  --help, -h         this`,
  operands: [],
  options: {
    stage: { type: 'string' },
    'dry-run': { type: 'boolean' },
    function: { type: 'string' },
    max: { type: 'string' },
    actor: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  },
  schema: z.object({
    stage: nameSchema,
    function: nameSchema.optional(),
    max: z.coerce.number('wants a number from 1 to 1000').int('wants a whole number').min(1).max(1000).default(100),
    'dry-run': z.boolean().default(false),
    actor: z.string().trim().min(1).max(100).optional(),
    yes: z.boolean().default(false),
  }),
} as const;

process.exitCode = await run(command, process, redrive);
