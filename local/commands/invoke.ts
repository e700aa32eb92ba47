import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { anyEventSchema, producerOf } from '#events/event.ts';
import { startFairlead } from '../fairlead.ts';
import { history, logWhatWas } from './samples.ts';

/**
 * `npm run invoke -- <function> [sample.json]`: runs one packaged function with a sample, on a local Fairlead of its own, and
 * prints what it answered and the events that it produced.
 */
const root = join(import.meta.dirname, '../..');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { config: { type: 'string', default: join(root, 'examples/acme/fairlead.yaml') } },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const invoke = async (name: string | undefined, sample: string | undefined): Promise<boolean> => {
  if (name === undefined) throw new Error('Which function? npm run invoke -- <function> [sample.json]');
  const input: unknown = JSON.parse(
    await readFile(resolve(sample ?? join(root, `events/samples/${name}.json`)), 'utf8'),
  );
  const fairlead = await startFairlead({ config: resolve(values.config), stage: 'dev', history });
  try {
    const found = fairlead.cloud.model.functions.find((one) => one.name === `fairlead-dev-${name}`);
    if (found === undefined) {
      const names = fairlead.cloud.model.functions.map((one) => one.name.replace('fairlead-dev-', ''));
      throw new Error(`There is no function ${name}. There are: ${names.join(', ')}.`);
    }
    await logWhatWas(fairlead);
    const produced: unknown[] = [];
    fairlead.cloud.onEvent(({ event: { detail } }) => {
      const { data } = anyEventSchema.safeParse(detail);
      if (data && producerOf(data) === name) produced.push(detail);
    });
    const { outcome, durationMs } = await fairlead.cloud.invoke(found.name, input);
    if (!outcome.ok) {
      say(`${name} failed: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return false;
    }
    say(`${name} answered in ${durationMs.toFixed(0)} ms: ${outcome.payload}`);
    for (const event of produced) say(JSON.stringify(event, null, 2));
    return true;
  } finally {
    await fairlead.close();
  }
};

try {
  if (!(await invoke(positionals[0], positionals[1]))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
