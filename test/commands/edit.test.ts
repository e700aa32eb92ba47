import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edit as performEdit } from '#commands/edit/command.ts';
import { digest } from '../shared/gitops/standard.ts';

const command = join(import.meta.dirname, '../../commands/edit.ts');
const image = 'registry.example/checkout';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edit-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (program: string, args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(program, [...args], { cwd, env: { PATH: process.env.PATH, INIT_CWD: cwd } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

/** As npm runs it: a process of its own. */
const start = (...args: readonly string[]): Promise<Ran> => run(process.execPath, [command, ...args], folder);

/** The same in this process: two dozen starts would take longer than all edits. */
const edit = async (...args: readonly string[]): Promise<Ran> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await performEdit({ argv: ['node', 'edit', ...args], env: { INIT_CWD: folder }, stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
};

const put = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
};

const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

const values = (tag: string): string => `image:\n  repository: ${image}\n  tag: ${tag} # here\n`;
const pod = (tag: string): string => `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: ${image}:${tag}\n`;

describe('an edit from the command line', () => {
  it('prints the diff and touches nothing', async () => {
    await put({ 'print/values.yaml': values('v1') });
    const printed = [
      '--- a/print/values.yaml',
      '+++ b/print/values.yaml',
      '@@ -1,3 +1,3 @@',
      ' image:',
      `   repository: ${image}`,
      '-  tag: v1 # here',
      '+  tag: v2 # here',
      '',
    ].join('\n');
    const byImage = start('print/values.yaml', '--image', image, '--to', 'v2');
    expect(await byImage).toEqual({ code: 0, stdout: printed, stderr: '' });
    expect(await edit('print/values.yaml', '--key', 'image.tag', '--to', 'v2')).toEqual(await byImage);
    expect(await read('print/values.yaml')).toBe(values('v1'));
  });

  it('writes, keeps the mode, leaves nothing beside, and has nothing to do the second time', async () => {
    await put({ 'write/deployment.yaml': pod('v1'), 'write/job.yaml': pod('v1') });
    await chmod(join(folder, 'write/job.yaml'), 0o664);
    const first = await edit('write', '--image', image, '--to', 'v2', '--write');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('+++ b/write/job.yaml');
    expect([await read('write/deployment.yaml'), await read('write/job.yaml')]).toEqual([pod('v2'), pod('v2')]);
    expect((await stat(join(folder, 'write/job.yaml'))).mode & 0o777).toBe(0o664);
    expect(await readdir(join(folder, 'write'))).toEqual(['deployment.yaml', 'job.yaml']);
    const again = await start('write', '--image', image, '--to', 'v2', '--write');
    expect(again).toEqual({ code: 3, stdout: '', stderr: 'Nothing to change: it says so already.\n' });
  });

  it('names paths from the root of the Git repository, where its diff can be applied', async () => {
    await run('git', ['init', '-q', 'repository'], folder);
    await put({ 'repository/apps/checkout/values.yaml': values("'v1'").replaceAll('\n', '\r\n') });
    const { stdout } = await edit('repository/apps/checkout', '--image', image, '--to', '1.20');
    await put({ 'change.diff': stdout });
    const applied = await run('git', ['apply', '../change.diff'], join(folder, 'repository'));
    expect(applied).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await read('repository/apps/checkout/values.yaml')).toBe(values("'1.20'").replaceAll('\n', '\r\n'));
  });

  it('pins where a digest is given, and leaves none that is old', async () => {
    const two = `v2@${digest('two')}`;
    await put({ 'pin/pod.yaml': pod(`v1@${digest('one')}`) });
    const [without, pinned] = await Promise.all([
      edit('pin', '--image', image, '--to', 'v2'),
      edit('pin', '--image', image, '--to', two),
    ]);
    expect(without).toMatchObject({ code: 2, stdout: '' });
    expect(without.stderr).toMatch(/^pin\/pod\.yaml: .* with a digest.*--to <tag>@sha256:/);
    expect(pinned).toMatchObject({ code: 0, stdout: expect.stringContaining(`+  - image: ${image}:${two}\n`) });
  });

  it('gives a key its value: a tag to an image in parts or in one, else the very value', async () => {
    const content = `a: ${image}:v1\nb: { repository: ${image}, tag: v1 }\nc: on\nd: { e: [x, "y"] }\n`;
    await put({ 'key/values.yaml': content });
    const at = async (key: string, to: string) => (await edit('key/values.yaml', '--key', key, '--to', to)).stdout;
    const [a, b, c, d] = await Promise.all([at('a', 'v2'), at('b', 'v2'), at('c', 'off'), at('d.e[1]', 'a "b"')]);
    expect(a).toContain(`\n+a: ${image}:v2\n`);
    expect(b).toContain(`\n+b: { repository: ${image}, tag: v2 }\n`);
    expect(c).toContain('\n+c: "off"\n');
    expect(d).toContain('\n+d: { e: [x, "a \\"b\\""] }\n');
  });

  it.each([
    [
      'an image that is not there',
      ['refused', '--image', 'registry.example/other', '--to', 'v2'],
      /^refused\/values\.yaml:1: no place/,
    ],
    [
      'a key that is not there',
      ['refused/values.yaml', '--key', 'image.tga', '--to', 'v2'],
      /^refused\/values\.yaml:2: there is no `tga`/,
    ],
    ['a key in a folder', ['refused', '--key', 'image.tag', '--to', 'v2'], /^A key is looked up in a file/],
    ['a link', ['refused-link.yaml', '--image', image, '--to', 'v2'], /^refused-link\.yaml is a symbolic link/],
    [
      'a file that is not there',
      ['refused/none.yaml', '--image', image, '--to', 'v2'],
      /^refused\/none\.yaml does not exist/,
    ],
    ['no value', ['refused', '--image', image], /^--to is missing\.\n\nnpm run edit -- <path> /],
    ['a tag that is none', ['refused', '--image', image, '--to', 'v2:3'], /^--to wants a tag/],
    ['both', ['refused', '--to', 'v2', '--key', 'a', '--image', 'b'], /^Either --image or --key/],
  ])('refuses with 2, the reason, and the file untouched: %s', async (_what, args, reason) => {
    await put({ 'refused/values.yaml': values('v1') });
    await symlink('refused/values.yaml', join(folder, 'refused-link.yaml')).catch(() => undefined);
    const { code, stdout, stderr } = await edit(...args, '--write');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(await read('refused/values.yaml')).toBe(values('v1'));
  });

  it('refuses with 2 as a process, too', async () => {
    const args = ['refused/none.yaml', '--image', image, '--to', 'v2'];
    expect(await start(...args)).toEqual({ ...(await edit(...args)), code: 2, stdout: '' });
  });

  it('explains itself', async () => {
    const { code, stdout } = await edit('--help');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Exit code 0: it changes.') });
  });
});
