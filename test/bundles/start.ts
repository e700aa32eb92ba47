import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { history, logWhatWas, readSample } from '#local/commands/samples.ts';
import { startFairlead } from '#local/fairlead.ts';
import { runInEnvironment } from './environment.ts';
import { expected } from './expected.ts';
import { problemsOf } from './problems.ts';

/**
 * Starts every packaged zip alone under AWS's Runtime Interface Client (its folder is the argument), on this Node, with each of
 * its samples, against a local Fairlead. Fails where the answer or the events are not what they should be.
 */
const root = join(import.meta.dirname, '../..');
const [runtimeClient] = process.argv.slice(2);
if (runtimeClient === undefined) throw new Error('start.ts <folder of aws-lambda-ric>');

const fairlead = await startFairlead({ config: join(root, 'examples/acme/fairlead.yaml'), stage: 'dev', history });
const types = new Map<string, string>();
fairlead.cloud.onEvent(({ event }) => void types.set(Object(event.detail).id, event['detail-type']));
let failed = 0;
try {
  await logWhatWas(fairlead);
  const { functions } = fairlead.cloud.model;
  const started = new Set<string>();
  const samples = await readdir(join(root, 'events/samples'));
  for (const sample of new Set([...Object.keys(expected), ...samples.sort()])) {
    const one = functions
      .filter(({ name }) => sample.startsWith(name.replace('fairlead-dev-', '')))
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (one === undefined) throw new Error(`${sample} is the sample of no function.`);
    started.add(one.name);
    const { endpoint } = fairlead.cloud;
    const run = await runInEnvironment(one, await readSample(sample), { runtimeClient, endpoint });
    await fairlead.idle();
    const problems = problemsOf(run, expected[sample], types);
    if (problems.length > 0) failed += 1;
    console.log(`${problems.length > 0 ? '✗' : '✓'} ${sample}`);
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length > 0) console.log(run.output);
  }
  for (const { name } of functions.filter((one) => !started.has(one.name))) {
    failed += 1;
    console.log(`✗ ${name} has no sample`);
  }
} finally {
  await fairlead.close();
}
process.exitCode = failed === 0 ? 0 : 1;
