import * as z from 'zod';
import { decideRelease } from './decide/hold.ts';
import { act } from './terminal/act.ts';
import { actingHelp, actingOptions, actingShape, imageNameSchema } from './terminal/command.ts';
import { run } from './terminal/run.ts';

const release = {
  name: 'release',
  help: `npm run release -- <service> <environment> --stage <stage> [options]

Ends a hold. The image is not deployed by that alone; what to type for it is printed.

  --image <tag|digest>  which one, if not the one that was held last
${actingHelp}`,
  options: { ...actingOptions, image: { type: 'string' } },
  schema: z.object({ ...actingShape, image: imageNameSchema.optional() }),
} as const;

process.exitCode = await run(release, process, (wanted, session, open) =>
  act(wanted, session, open, (facts, wish) => decideRelease(facts, { ...wish, image: wanted.image })),
);
