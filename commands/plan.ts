import { planCommand } from './plan/command.ts';
import { findingsOf, isRefused } from './plan/findings.ts';
import { planJson } from './plan/json.ts';
import { filesNamedIn, nameIn, readPresent } from './plan/present.ts';
import { readFolder } from './plan/read-folder.ts';
import { reportLines } from './plan/report.ts';
import { type Survey, survey } from './plan/survey.ts';
import { runHere } from './terminal/run.ts';
import { type Session, say } from './terminal/session.ts';

const { env }: Session = process;
// npm runs scripts in the project's folder, and says where it was called.
const command = planCommand(env.INIT_CWD ?? '.');

process.exitCode = await runHere(command, process, async ({ config, gitops, json }, session) => {
  const present = config === undefined ? undefined : await readPresent(config);
  const surveys: Survey[] = [];
  for (const { name: given, folder } of gitops) {
    const name = nameIn(present, given);
    const snapshot = await readFolder(folder, filesNamedIn(present, name));
    surveys.push(survey({ name, url: present?.config.gitops[name]?.repository, snapshot }));
  }
  const findings = findingsOf(surveys, present);
  if (json) say(session.stdout, JSON.stringify(planJson(findings), null, 2));
  else say(session.stdout, ...reportLines(findings));
  return isRefused(findings) ? 1 : 0;
});
