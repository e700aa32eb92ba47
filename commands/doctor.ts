import { parseConfig } from '#shared/config/parse.ts';
import { choosesAws, findLocalFairlead } from './aws/local-fairlead.ts';
import { doctorCommand } from './doctor/command.ts';
import { isMissing } from './doctor/finding.ts';
import { reportLines } from './doctor/report.ts';
import { usedIn } from './doctor/used.ts';
import { Failure } from './failure.ts';
import { readPresent } from './plan/present.ts';
import { runHere } from './terminal/run.ts';
import { type Session, say } from './terminal/session.ts';

const { env }: Session = process;
// npm runs scripts in the project's folder, and says where it was called.
const command = doctorCommand(env.INIT_CWD ?? '.');

process.exitCode = await runHere(command, process, async ({ stage, json, ...given }, session) => {
  const local = choosesAws(env) ? undefined : await findLocalFairlead(stage);
  if (local !== undefined) say(session.stderr, `(on the local Fairlead at ${local.endpoint})`);
  const location = given.config ?? local?.localConfig;
  if (location === undefined)
    throw new Failure(`--config is missing: the fairlead.yaml that the stage ${stage} was deployed with.`, { code: 2 });

  const { files } = await readPresent(location);
  const { examine } = await import('./doctor/examine.ts'); // the SDK is most of the start-up time
  const { createClients } = await import('./doctor/world.ts');
  const findings = await examine({
    stage,
    prefix: `/fairlead/${stage}`,
    present: { files, config: usedIn(parseConfig(files, stage)) },
    local,
    api: given.api ?? local?.api,
    slackApi: given['slack-api'] ?? local?.slackApi ?? 'https://slack.com/api/',
    environment: env,
    clients: createClients(local),
  });
  if (json) say(session.stdout, JSON.stringify({ stage, findings }, null, 2));
  else say(session.stdout, ...reportLines(findings));
  return findings.some(isMissing) ? 1 : 0;
});
