import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-config-test-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const write = async (files: Readonly<Record<string, string>>): Promise<string> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return join(folder, 'fairlead.yaml');
};

describe('the configuration’s files', () => {
  test('are the platform file and what it includes, by name, from its own folder', async () => {
    const location = await write({
      'fairlead.yaml': 'include: [services/*.yaml, teams/**/service.yaml]\n',
      'services/b.yaml': 'b: 1\n',
      'services/a.yaml': 'a: 1\n',
      'services/notes.txt': 'no',
      'services/deep/c.yaml': 'c: 1\n',
      'teams/pay/eu/service.yaml': 'd: 1\n',
      'teams/pay/other.yaml': 'e: 1\n',
    });
    const { platform, services } = await readConfigFiles(location);
    expect(platform).toMatchObject({ file: 'fairlead.yaml' });
    expect(services).toEqual([
      { file: 'services/a.yaml', content: { a: 1 } },
      { file: 'services/b.yaml', content: { b: 1 } },
      { file: 'teams/pay/eu/service.yaml', content: { d: 1 } },
    ]);
  });

  test('are read once, where several patterns name them', async () => {
    const location = await write({ 'fairlead.yaml': 'include: ["s/*.yaml", "s/a.*"]\n', 's/a.yaml': 'a: 1\n' });
    expect((await readConfigFiles(location)).services).toHaveLength(1);
  });

  test('are passed on with their parser’s words where they are no YAML', async () => {
    const location = await write({ 'fairlead.yaml': 'include: [a.yaml]\n', 'a.yaml': 'checkout: {\n  team: pay\n' });
    const [broken] = (await readConfigFiles(location)).services;
    expect(broken).toMatchObject({ file: 'a.yaml', unreadable: expect.stringMatching(/at line \d+, column \d+/) });
    expect(broken).not.toHaveProperty('content');
  });

  test('with one name twice in a map are no YAML', async () => {
    const location = await write({ 'fairlead.yaml': 'include: [a.yaml]\n', 'a.yaml': 'checkout: 1\ncheckout: 2\n' });
    expect((await readConfigFiles(location)).services[0]?.unreadable).toContain('unique');
  });

  test('may be an empty platform file, or one whose include is wrong: the schema says so later', async () => {
    for (const text of ['', '# nothing\n', 'include: services\n', '[]\n'])
      expect((await readConfigFiles(await write({ 'fairlead.yaml': text }))).services).toEqual([]);
  });

  test('have a version that any change to any of them changes, and nothing else', async () => {
    const files = { 'fairlead.yaml': 'include: ["*.service"]\n', 'a.service': 'a: 1\n', 'notes.txt': '1' };
    const { version } = await readConfigFiles(await write(files));
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect((await readConfigFiles(await write({ 'notes.txt': '2' }))).version).toBe(version);
    const changed = (await readConfigFiles(await write({ 'a.service': 'a: 2\n' }))).version;
    const added = (await readConfigFiles(await write({ 'b.service': 'b: 1\n' }))).version;
    expect(new Set([version, changed, added]).size).toBe(3);
  });

  test('that are missing are a mistake like any other', async () => {
    const error = await readConfigFiles(join(folder, 'nowhere.yaml')).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InvalidConfig);
    expect(String(error)).toContain('nowhere.yaml: cannot be read: ENOENT');
  });
});
