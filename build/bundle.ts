import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { ConfigFiles } from '#shared/config/parse.ts';
import { sdkInLambda } from './sdk-in-lambda.ts';

/** Dependencies in CommonJS call `require` for Node's own modules, which an ES module does not have. */
const requireBanner =
  "import{createRequire as fairleadRequire}from'node:module';const require=fairleadRequire(import.meta.url);";

export interface Bundle {
  readonly name: string;
  /** Of `index.js`, which is what a cold start reads and compiles. */
  readonly bytes: number;
}

/** Bundles every `functions/<name>/index.ts` to `<out>/<name>/index.js`, with the configuration beside it. */
export const bundleFunctions = async (functions: string, out: string, config: ConfigFiles): Promise<Bundle[]> => {
  const entries = await readdir(functions, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, join(functions, name, 'index.ts')])),
    outdir: out,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The CommonJS builds of the AWS SDK `require` dynamically, which fails in an ES module.
    mainFields: ['module', 'main'],
    plugins: [sdkInLambda],
    banner: { js: requireBanner },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const bundles: Bundle[] = [];
  for (const name of names) {
    await mkdir(join(out, name), { recursive: true });
    await writeFile(join(out, name, 'package.json'), '{"type":"module"}\n');
    await writeFile(join(out, name, 'config.json'), JSON.stringify(config));
    bundles.push({ name, bytes: (await stat(join(out, name, 'index.js'))).size });
  }
  return bundles;
};
