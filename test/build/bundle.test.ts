import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleFunctions } from '../../build/bundle.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

const config = {
  version: 'abc',
  platform: { file: 'fairlead.yaml', content: { gitops: {}, teams: {} } },
  services: [{ file: 'services/a.yaml', content: { a: 1 } }],
};

const sources = {
  // As the functions have it: a composition root that reads its environment and the configuration beside it.
  one: `
    import { readFile } from 'node:fs/promises';
    import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
    import { createGreeting } from './handler.ts';
    const client = new EventBridgeClient({ region: 'eu-west-1' });
    export const handler = async (): Promise<string> => {
      const { version } = JSON.parse(await readFile(new URL('./config.json', import.meta.url), 'utf8'));
      return createGreeting(process.env.NAME, version, typeof client.send);
    };`,
  // A dependency in CommonJS that requires one of Node's own modules while it runs.
  two: `
    import { dependency } from './dependency.cjs';
    export const handler = async (): Promise<string> => dependency('one/two');`,
};

let folder: string;
let bundles: Bundle[];
let names: string[];

beforeAll(async () => {
  // Inside the repository, so that the dependencies are found, in a folder that git does not see.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache/bundle-test-'));
  const functions = join(folder, 'functions');
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(join(functions, name), { recursive: true });
    await writeFile(join(functions, name, 'index.ts'), source);
  }
  await writeFile(
    join(functions, 'one', 'handler.ts'),
    `export const createGreeting = (name: string | undefined, ...rest: string[]): string => [name, ...rest].join(' ');`,
  );
  await writeFile(
    join(functions, 'two', 'dependency.cjs'),
    `exports.dependency = (path) => require('node:path').basename(path);`,
  );
  await writeFile(join(functions, 'README.md'), 'not a function');
  bundles = await bundleFunctions(functions, join(folder, 'dist'), config);
  names = bundles.map(({ name }) => name);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Loads a bundle as Lambda does, from a place where no dependency can be found, and calls its handler. */
const invoke = async (name: string): Promise<string> => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'bundle-test-'));
  try {
    for (const file of await readdir(join(folder, 'dist', name)))
      await writeFile(join(elsewhere, file), await readFile(join(folder, 'dist', name, file)));
    const script = `import('${join(elsewhere, 'index.js')}').then(({ handler }) => handler()).then((text) => process.stdout.write(text))`;
    const { stdout } = await run(process.execPath, ['--eval', script], { env: { NAME: 'fake' } });
    return stdout;
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
};

describe('a bundle', () => {
  test('is made of every folder', () => {
    expect(names.toSorted()).toEqual(['one', 'two']);
  });

  test('is as large as what a cold start reads of it', async () => {
    for (const { name, bytes } of bundles)
      expect(bytes).toBe((await readFile(join(folder, 'dist', name, 'index.js'))).length);
  });

  test('is an ES module with its configuration and a source map beside it, and nothing else', async () => {
    for (const name of names) {
      const read = (file: string) => readFile(join(folder, 'dist', name, file), 'utf8');
      expect((await readdir(join(folder, 'dist', name))).sort()).toEqual(
        ['config.json', 'index.js', 'index.js.map', 'package.json'].sort(),
      );
      expect(JSON.parse(await read('package.json'))).toEqual({ type: 'module' });
      expect(JSON.parse(await read('config.json'))).toEqual(config);
    }
  });

  test('runs alone, with the AWS SDK in it, and finds its configuration', async () => {
    expect(await invoke('one')).toBe('fake abc function');
  });

  test('may hold a dependency in CommonJS that requires a module of Node', async () => {
    expect(await invoke('two')).toBe('two');
  });

  test('is minified, and its source map holds no sources', async () => {
    const map: unknown = JSON.parse(await readFile(join(folder, 'dist/one/index.js.map'), 'utf8'));
    expect(map).not.toHaveProperty('sourcesContent');
    expect((await readFile(join(folder, 'dist/two/index.js'), 'utf8')).split('\n').length).toBeLessThan(10);
  });
});
