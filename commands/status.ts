import * as z from 'zod';
import { statusJson, statusLines } from './show/status.ts';
import { placeShape } from './terminal/command.ts';
import { run } from './terminal/run.ts';
import { say } from './terminal/session.ts';
import { unknownPlace } from './terminal/unknown-place.ts';

const status = {
  name: 'status',
  help: `npm run status -- <service> <environment> --stage <stage> [--json]

Tells what is asked for, what is deployed and what was verified, what is held, and what happened lately.

  --json             for programs (npm run -s keeps npm's own words out of it)
  --help, -h         this`,
  options: { json: { type: 'boolean' } },
  schema: z.object({ ...placeShape, json: z.boolean().default(false) }),
} as const;

process.exitCode = await run(status, process, async ({ json, ...place }, session, open) => {
  const stage = await open();
  const history = await stage.history(place.service, place.environment);
  if (history.deployments.size === 0 && history.events.length === 0) throw await unknownPlace(place, stage);
  if (json) say(session.stdout, JSON.stringify(statusJson(place, history), null, 2));
  else say(session.stdout, ...statusLines(place, history, Date.now()));
  return 0;
});
