import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Model } from '#local/template/model.ts';
import { readTemplate } from '#local/template/read-template.ts';
import { root } from './stack.ts';

/** All that the template is made of. Bundles are none of it, so there are empty ones here, which take no time. */
const sources = globSync(['serverless.yml', 'functions/*/function.yml', 'operations/*'], { cwd: root }).sort();

const handlers = globSync('functions/*/function.yml', { cwd: root }).map((file) => dirname(file).split('/').at(-1)!);

/** Nobody's default: what has another stage in it has it from elsewhere. */
const stage = 'blue';

const digestOf = (params: Readonly<Record<string, string>>): string => {
  const hash = createHash('sha256').update(JSON.stringify(params));
  for (const file of [...sources, 'package-lock.json']) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
};

const packageInto = async (folder: string, params: Readonly<Record<string, string>>): Promise<void> => {
  for (const file of sources) await cp(join(root, file), join(folder, file));
  await mkdir(join(folder, 'build'));
  await writeFile(join(folder, 'build/serverless-plugin.cjs'), 'module.exports = class {};');
  for (const name of handlers) {
    await mkdir(join(folder, 'dist', name), { recursive: true });
    await writeFile(join(folder, 'dist', name, 'index.js'), '');
  }
  const osls = join(createRequire(import.meta.url).resolve('serverless/package.json'), '../bin/serverless.js');
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  await promisify(execFile)(process.execPath, [osls, 'package', '--stage', stage, ...given], { cwd: folder });
};

/** The folder that the real `serverless package` writes of the stack, made again only when what it is made of changes. */
const packagedFolder = async (params: Readonly<Record<string, string>>): Promise<string> => {
  const cache = join(root, '.cache');
  const done = join(cache, `stack-${digestOf(params)}`);
  const packaged = join(done, '.serverless');
  if ((await readdir(packaged).catch(() => [])).length > 0) return packaged;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'packaging-'));
  await packageInto(folder, params);
  // Another test file may have been faster: then its folder is as good.
  await rename(folder, done).catch(() => rm(folder, { recursive: true }));
  return packaged;
};

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DependsOn: z.array(z.string()).or(z.string()).optional(),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
    }),
  ),
});

type Template = z.output<typeof templateSchema>;

/** One resource, as CloudFormation gets it. */
export type Resource = Template['Resources'][string];

export interface Packaged {
  readonly template: Template;
  readonly model: Model;
  /** The resources of a type, by their logical ids. */
  of(type: string): [string, Resource][];
}

/** The stack, packaged with these params: what CloudFormation gets, and the same resolved. */
export const packagedStack = async (params: Readonly<Record<string, string>> = {}): Promise<Packaged> => {
  const folder = await packagedFolder(params);
  const text = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  const template = templateSchema.parse(JSON.parse(text));
  const place = { account: '111122223333', region: 'eu-west-1', stackName: `fairlead-${stage}` };
  return {
    template,
    model: readTemplate(folder, place),
    of: (type) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type),
  };
};
