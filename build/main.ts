import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeProblem, InvalidConfig, parseConfig } from '#shared/config/parse.ts';
import { describeSize } from './budgets.ts';
import { bundleFunctions } from './bundle.ts';
import { readConfigFiles } from './read-config.ts';

/** `npm run build [-- --config <fairlead.yaml>]`: every function in `dist/<name>/`, with the configuration beside it. */
const root = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: { config: { type: 'string', default: 'examples/acme/fairlead.yaml' } },
});

try {
  const files = await readConfigFiles(values.config);
  // The stage is not known here, and does not matter: a file is right or wrong in every stage.
  const { services, disabled, version } = parseConfig(files, 'dev');
  for (const { name, problems } of disabled) {
    process.stderr.write(`${name} is switched off, because its configuration is wrong:\n`);
    for (const problem of problems) process.stderr.write(`  ${describeProblem(problem)}\n`);
  }
  const dist = join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  const bundles = await bundleFunctions(join(root, 'functions'), dist, files);
  process.stdout.write(
    `${bundles.length} functions in dist/, with configuration ${version} of ${services.length} services\n`,
  );
  for (const bundle of bundles) process.stdout.write(`  ${describeSize(bundle)}\n`);
} catch (error) {
  if (!(error instanceof InvalidConfig)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
