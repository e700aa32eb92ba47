import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunctions } from '../../build/bundle.ts';

/**
 * Prints how long a fresh Node needs to import github-webhook's bundle, beside one that holds the SDK's EventBridge client alone:
 * as esbuild bundles it, and as our own build does. Nothing is asserted: only the ratios mean anything, and they depend on the
 * machine.
 */
const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const rounds = 15;

const client = `
  import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
  const client = new EventBridgeClient();
  export const handler = () => client.send(new PutEventsCommand({ Entries: [] }));`;

const environment = {
  AWS_REGION: 'eu-west-1',
  STAGE: 'dev',
  EVENT_BUS: 'bus',
  TABLE: 'table',
  IDEMPOTENCY_TABLE: 'idempotency',
  SECRETS: '/fairlead/dev',
};

const importOnce = async (file: string): Promise<number> => {
  const script = `const from = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - from);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env: environment });
  return Number(stdout);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

await mkdir(join(root, '.cache'), { recursive: true });
const folder = await mkdtemp(join(root, '.cache/import-time-'));
try {
  const config = { version: 'abc', platform: { file: 'fairlead.yaml', content: {} }, services: [] };
  await mkdir(join(folder, 'functions/client'), { recursive: true });
  await writeFile(join(folder, 'functions/client/index.ts'), client);
  await bundleFunctions(join(folder, 'functions'), join(folder, 'lean'), config);
  await bundleFunctions(join(root, 'functions'), join(folder, 'dist'), config);
  await build({
    entryPoints: [join(folder, 'functions/client/index.ts')],
    outfile: join(folder, 'plain.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  const files = {
    'github-webhook': join(folder, 'dist/github-webhook/index.js'),
    'the EventBridge client, bundled plainly': join(folder, 'plain.mjs'),
    'the EventBridge client, bundled by our build': join(folder, 'lean/client/index.js'),
  };
  const times = new Map(Object.keys(files).map((name): [string, number[]] => [name, []]));
  // In turn, so that whatever else the machine does weighs on all of them alike.
  for (let round = 0; round < rounds; round += 1)
    for (const [name, file] of Object.entries(files)) times.get(name)?.push(await importOnce(file));
  const own = median(times.get('github-webhook') ?? []);
  for (const [name, each] of times) {
    const ratio =
      name === 'github-webhook' ? '' : `; github-webhook takes ${(own / median(each)).toFixed(2)} times that`;
    console.log(`${name}: ${median(each).toFixed(0)} ms to import, median of ${rounds}${ratio}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
