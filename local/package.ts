import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type ConfigFiles, parseConfig } from '#shared/config/parse.ts';

const run = promisify(execFile);

const root = join(import.meta.dirname, '..');

/** Where the stand-ins of GitOps repositories and Argo CD instances listen, by their names in the configuration. */
export interface Addresses {
  readonly gitops: Readonly<Record<string, string>>;
  readonly argocd: Readonly<Record<string, string>>;
}

const platformSchema = z.looseObject({
  gitops: z.record(z.string(), z.looseObject({})),
  argocd: z.record(z.string(), z.looseObject({})).default({}),
});

/**
 * Writes the configuration to a folder as it is, but for the addresses of what has a stand-in here. Returns the platform
 * file's path. It is what a user would do who runs a GitOps repository elsewhere: nothing else knows of it.
 */
export const localise = async (files: ConfigFiles, addresses: Addresses, folder: string): Promise<string> => {
  const platform = platformSchema.parse(files.platform.content);
  const content = {
    ...platform,
    include: files.services.map(({ file }) => file),
    gitops: Object.fromEntries(
      Object.entries(platform.gitops).map(([name, one]) => [name, { ...one, repository: addresses.gitops[name] }]),
    ),
    argocd: Object.fromEntries(
      Object.entries(platform.argocd).map(([name, one]) => [name, { ...one, url: addresses.argocd[name] }]),
    ),
  };
  const location = join(folder, 'fairlead.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(location, JSON.stringify(content, null, 2));
  for (const { file, content: service, unreadable } of files.services) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), unreadable === undefined ? JSON.stringify(service, null, 2) : `"${unreadable}`);
  }
  return location;
};

/** The command that the package's own `bin` names. */
const serverlessCommand = (): string => {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('serverless/package.json');
  const { bin } = z.object({ bin: z.record(z.string(), z.string()) }).parse(require(manifest));
  return join(dirname(manifest), bin.serverless ?? bin.osls ?? '');
};

/** Runs `serverless package`, as anybody would; the template and the zips are in `folder` then. */
export const packageStage = async (
  stage: string,
  params: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> => {
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  try {
    await run(process.execPath, [serverlessCommand(), 'package', '--stage', stage, '--package', folder, ...given], {
      cwd: root,
      env: { ...process.env, SLS_INTERACTIVE_SETUP_ENABLE: '0' },
    });
  } catch (error) {
    const { stderr, stdout } = z.object({ stderr: z.string(), stdout: z.string() }).parse(error);
    throw new Error(`serverless package failed:\n${stderr || stdout}`, { cause: error });
  }
};

/** Why services of a configuration would be switched off; an empty list for a right one. */
export const problemsOf = (files: ConfigFiles, stage: string) =>
  parseConfig(files, stage).disabled.flatMap(({ problems }) => problems);
