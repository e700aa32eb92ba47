import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { ConfigFiles } from '#shared/config/parse.ts';

const run = promisify(execFile);

const root = join(import.meta.dirname, '..');

/** Where the stand-ins listen, by the names in the configuration. */
export interface Addresses {
  readonly gitops: Readonly<Record<string, string>>;
  readonly githubApi: string;
  readonly argocd: Readonly<Record<string, string>>;
  /** By `<service>/<environment>`. */
  readonly services: Readonly<Record<string, string>>;
}

const platformSchema = z.looseObject({
  gitops: z.record(z.string(), z.looseObject({})),
  argocd: z.record(z.string(), z.looseObject({})).default({}),
});

const serviceSchema = z.looseObject({
  environments: z.record(z.string(), z.looseObject({ smoke: z.array(z.record(z.string(), z.unknown())).optional() })),
});

const methods: readonly string[] = ['get', 'head', 'post', 'put', 'delete'];

/** A check at another address: what is asked for there stays. */
const movedCheck = (check: Readonly<Record<string, unknown>>, origin: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(check).map(([key, value]) => {
      if (!methods.includes(key) || typeof value !== 'string' || !URL.canParse(value)) return [key, value];
      const { pathname, search } = new URL(value);
      return [key, `${origin}${pathname}${search}`];
    }),
  );

/** A service whose checks go to its stand-ins. One that can't be read stays as it is: its problems are its own. */
const withLocalChecks = (name: string, content: unknown, addresses: Addresses['services']): unknown => {
  const { success, data: service } = serviceSchema.safeParse(content);
  if (!success) return content;
  const environments = Object.entries(service.environments).map(([environment, one]) => {
    const origin = addresses[`${name}/${environment}`];
    const smoke = origin === undefined ? one.smoke : one.smoke?.map((check) => movedCheck(check, origin));
    return [environment, { ...one, ...(smoke && { smoke }) }];
  });
  return { ...service, environments: Object.fromEntries(environments) };
};

const localServices = (content: unknown, addresses: Addresses['services']): unknown => {
  const { success, data: services } = z.record(z.string(), z.unknown()).safeParse(content);
  if (!success) return content;
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, withLocalChecks(name, service, addresses)]),
  );
};

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
      Object.entries(platform.gitops).map(([name, one]) => [
        name,
        { ...one, repository: addresses.gitops[name], api: addresses.githubApi },
      ]),
    ),
    argocd: Object.fromEntries(
      Object.entries(platform.argocd).map(([name, one]) => [name, { ...one, url: addresses.argocd[name] }]),
    ),
  };
  const location = join(folder, 'fairlead.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(location, JSON.stringify(content, null, 2));
  for (const { file, content: services, unreadable } of files.services) {
    const text = JSON.stringify(localServices(services, addresses.services), null, 2);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), unreadable === undefined ? text : `"${unreadable}`);
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
