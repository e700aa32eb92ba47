import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBundledConfig } from '#shared/config/bundled.ts';
import { InvalidConfig } from '#shared/config/parse.ts';

const files = {
  version: 'abc',
  platform: {
    file: 'fairlead.yaml',
    content: { gitops: { main: { repository: 'https://github.com/acme/gitops' } }, teams: {} },
  },
  services: [],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundled-test-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const write = async (content: unknown): Promise<URL> => {
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(content));
  return pathToFileURL(file);
};

test('the configuration beside the bundle is read at its first use, and kept', async () => {
  const location = pathToFileURL(join(folder, 'config.json'));
  const config = createBundledConfig(location, 'dev');
  await write(files);
  const first = await config();
  expect(first).toMatchObject({ version: 'abc', gitops: { main: { branch: 'main' } } });
  await rm(location);
  expect(await config()).toBe(first);
});

test('many who ask at once get one', async () => {
  const config = createBundledConfig(await write(files), 'dev');
  const [one, two] = await Promise.all([config(), config()]);
  expect(one).toBe(two);
});

test('one that is wrong says so, each time that it is asked for', async () => {
  const config = createBundledConfig(
    await write({ ...files, platform: { file: 'fairlead.yaml', content: {} } }),
    'dev',
  );
  await expect(config()).rejects.toThrow(InvalidConfig);
  await expect(config()).rejects.toThrow('fairlead.yaml: gitops');
});

test('one that is missing says so', async () => {
  await expect(createBundledConfig(pathToFileURL(join(folder, 'config.json')), 'dev')()).rejects.toThrow('ENOENT');
});
