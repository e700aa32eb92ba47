import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the build as npm does. Every configuration here is wrong, so that it stops before it touches dist/. */
const build = async (...args: readonly string[]) =>
  new Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(root, 'build/main.ts'), ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });

test('a wrong platform file stops the build with all of its problems, and no stack trace', async () => {
  const file = join(folder, 'fairlead.yaml');
  await writeFile(
    file,
    'gitops: { main: { repository: nowhere } }\nteams: { pay: {} }\ninclude: ["services/*.yaml"]\n',
  );
  const { code, stdout, stderr } = await build('--config', file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    'The configuration is wrong.',
    'fairlead.yaml: gitops.main.repository: is not the URL of a git repository',
    expect.stringMatching(/^fairlead\.yaml: teams\.pay\.slack: /),
  ]);
});

test('a missing platform file stops the build', async () => {
  const { code, stderr } = await build('--config', join(folder, 'nowhere.yaml'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The configuration is wrong\.\n.*nowhere\.yaml: cannot be read: ENOENT/);
});

test('an option that it does not know stops the build', async () => {
  const { code, stderr } = await build('--stage', 'prod');
  expect(code).toBe(1);
  expect(stderr).toContain('--stage');
});
