import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { history, logWhatWas } from '../local/commands/samples.ts';
import { startFairlead } from '../local/fairlead.ts';

/**
 * Runs every sample in events/samples by `npx serverless invoke local`, as a user would, with AWS_ENDPOINT_URL at a local
 * Fairlead. Fails where a function fails.
 */
const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

const fairlead = await startFairlead({ config: join(root, 'examples/acme/fairlead.yaml'), stage: 'dev', history });
let failed = 0;
try {
  await logWhatWas(fairlead);
  const functions = await readdir(join(root, 'functions'));
  for (const sample of (await readdir(join(root, 'events/samples'))).sort()) {
    // `argocd-webhook-committed.json` is a second sample of argocd-webhook.
    const name = functions.filter((one) => sample.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (name === undefined) throw new Error(`${sample} is the sample of no function.`);
    const given = [`--param=config=${fairlead.localConfig}`, `--param=slackApiUrl=${fairlead.slack.url}`];
    const command = [
      'serverless',
      'invoke',
      'local',
      '--stage',
      'dev',
      '-f',
      name,
      '--path',
      `events/samples/${sample}`,
    ];
    const outcome = await run('npx', [...command, ...given], {
      cwd: root,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    }).catch((error: unknown) => error);
    const { stdout = '', stderr = '' } = outcome instanceof Error ? { ...outcome } : Object(outcome);
    // The framework answers 0 when a function throws, too; its error is what it prints.
    const wrong = outcome instanceof Error || /"errorMessage"|"statusCode": 5/.test(stdout);
    if (wrong) failed += 1;
    console.log(`${wrong ? '✗' : '✓'} ${sample}${wrong ? `\n${stdout}\n${stderr}` : ''}`);
  }
} finally {
  await fairlead.close();
}
process.exitCode = failed === 0 ? 0 : 1;
