import * as z from 'zod';
import { decideHold } from './decide/hold.ts';
import { act } from './terminal/act.ts';
import { actingHelp, actingOptions, actingShape, imageNameSchema } from './terminal/command.ts';
import { run } from './terminal/run.ts';

const hold = {
  name: 'hold',
  help: `npm run hold -- <service> <environment> --stage <stage> [options]

Sees to it that an image is not deployed again, under whatever tag, until somebody releases it. Changes nothing that runs.

  --image <tag|digest>  which one, if not the one that is asked for now
${actingHelp}`,
  options: { ...actingOptions, image: { type: 'string' } },
  schema: z.object({ ...actingShape, image: imageNameSchema.optional() }),
} as const;

process.exitCode = await run(hold, process, (wanted, session, open) =>
  act(wanted, session, open, (facts, wish) => decideHold(facts, { ...wish, image: wanted.image })),
);
