import * as z from 'zod';
import { decideRollback } from './decide/rollback.ts';
import { act } from './terminal/act.ts';
import { actingHelp, actingOptions, actingShape, imageNameSchema } from './terminal/command.ts';
import { run } from './terminal/run.ts';

const rollback = {
  name: 'rollback',
  help: `npm run rollback -- <service> <environment> --stage <stage> [options]

Goes back to the last verified image, and holds the one that is there now, in one commit. Says first what it will do.

  --to <tag|digest>  go back to this one, which was here before
${actingHelp}`,
  options: { ...actingOptions, to: { type: 'string' } },
  schema: z.object({ ...actingShape, to: imageNameSchema.optional() }),
} as const;

process.exitCode = await run(rollback, process, (wanted, session, open) =>
  act(wanted, session, open, (facts, wish) => decideRollback(facts, { ...wish, to: wanted.to })),
);
