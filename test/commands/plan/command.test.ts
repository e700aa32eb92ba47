import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { planCommand } from '#commands/plan/command.ts';
import { nameIn, readPresent } from '#commands/plan/present.ts';
import { readFolder } from '#commands/plan/read-folder.ts';
import { parseCommand } from '#commands/terminal/command.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { configured, folderOf } from './layouts.ts';

const root = join(import.meta.dirname, '../../..');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const plan = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const command = [join(root, 'commands/plan.ts'), ...args];
    execFile(
      process.execPath,
      command,
      { cwd: root, env: { PATH: process.env.PATH, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : (error.code ?? undefined), stdout, stderr }),
    );
  });

const startingSchema = z.object({ refused: z.boolean(), starting: z.record(z.string(), z.string()) });

describe('npm run plan', { timeout: 60_000 }, () => {
  test('needs no configuration and no AWS, and ends with 0 and one that can be pasted', async () => {
    const { code, stdout, stderr } = await plan(['--gitops', 'gitops', '--json'], {
      INIT_CWD: join(folderOf('helm-values'), '..'),
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { refused, starting } = startingSchema.parse(JSON.parse(stdout));
    expect(refused).toBe(false);
    expect(Object.keys(starting)).toEqual(['fairlead.yaml', 'services/start.yaml']);
    const [platform = '', services = ''] = Object.values(starting);
    const config = parseConfig(
      {
        version: 'pasted',
        platform: { file: 'fairlead.yaml', content: parse(platform) },
        services: [{ file: 'services/start.yaml', content: parse(services) }],
      },
      'dev',
    );
    expect(config.services.map(({ name }) => name)).toEqual(['checkout', 'checkout-migrations']);
  });

  test('ends with 1 where a place would be refused, and says which and why', async () => {
    const config = join(folder, 'fairlead.yaml');
    await writeFile(
      config,
      `gitops: { main: { repository: https://github.com/acme/gitops.git } }
teams: { pay: { slack: "#pay" } }
defaults: { gitops: main }
include: [checkout.yaml]
`,
    );
    await writeFile(
      join(folder, 'checkout.yaml'),
      `checkout:
  team: pay
  images: { app: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/twice }
  environments: { production: { path: production, stage: prod } }
`,
    );
    const { code, stdout } = await plan(['--config', config, '--gitops', folderOf('unwritable')]);
    expect(code).toBe(1);
    expect(stdout).toContain('REFUSED (ambiguous)  production/kustomization.yaml:2');
  });

  test('ends with 2 where it was typed wrong, and says what', async () => {
    const { code, stderr } = await plan(['--gitops', 'a', '--wirte']);
    expect(stderr).toMatch(/--wirte/);
    expect(code).toBe(2);
  });
});

describe('what is typed', () => {
  const typed = (...args: string[]) => parseCommand(planCommand('/here'), args);

  test('is seen from where it was typed, and may name several repositories', () => {
    expect(typed('--config', 'fairlead.yaml', '--gitops', 'main=../gitops', '--gitops', 'other=/a=b')).toEqual({
      config: '/here/fairlead.yaml',
      gitops: [
        { name: 'main', folder: '/gitops' },
        { name: 'other', folder: '/a=b' },
      ],
      json: false,
    });
    expect(typed('--gitops', './a=b')).toMatchObject({ gitops: [{ folder: '/here/a=b' }] });
  });

  test.each([
    ['no folder', [], /--gitops is missing/],
    ['several folders without names', ['--gitops', 'a', '--gitops', 'b'], /needs a name for each/],
    ['one name twice', ['--gitops', 'x=a', '--gitops', 'x=b'], /needs a name for each/],
    ['a name that is none', ['--gitops', 'X y=a'], /a repository's name wants lower-case letters/],
  ])('%s is wrong', (_, args, message) => {
    expect(() => typed(...args)).toThrow(message);
  });
});

describe('the configuration', () => {
  const two = configured(
    'gitops: { main: { repository: https://a.example/a }, other: { repository: https://a.example/b } }\nteams: {}',
    '{}',
  );

  test('that is missing is told, not thrown', async () => {
    await expect(readPresent(join(folder, 'missing.yaml'))).rejects.toMatchObject({ name: 'Failure', code: 1 });
  });

  test('says which repository is meant, or it is asked for', () => {
    expect(nameIn(undefined, undefined)).toBe('main');
    expect(nameIn(undefined, 'mine')).toBe('mine');
    expect(nameIn(two, 'other')).toBe('other');
    expect(() => nameIn(two, 'mine')).toThrow('no such repository, but main, other');
    expect(() => nameIn(two, undefined)).toThrow('--gitops main=<folder> or other=<folder>');
  });
});

describe('a folder', () => {
  test('is read as Git would have it, without what belongs to other programs', async () => {
    const repository = join(folder, 'repository');
    for (const name of ['apps', '.git', 'node_modules/x', 'inner/.git', '.fairlead/a'])
      await mkdir(join(repository, name), { recursive: true });
    const files = {
      'apps/kustomization.yaml': 'resources: []\n',
      'apps/Kustomization': '',
      'apps/README.md': 'image: x\n',
      'apps/values.gotmpl': 'image: x\n',
      '.git/config.yaml': 'image: x\n',
      'node_modules/x/x.yaml': 'image: x\n',
      'inner/x.yaml': 'image: x\n',
      '.fairlead/a/staging.lock': '{}',
    };
    for (const [path, text] of Object.entries(files)) await writeFile(join(repository, path), text);
    await symlink('/etc', join(repository, 'apps/outside'));
    const { entries, contents } = await readFolder(repository, new Set(['apps/values.gotmpl']));
    expect([...contents.keys()]).toEqual([
      '.fairlead/a/staging.lock',
      'apps/Kustomization',
      'apps/kustomization.yaml',
      'apps/values.gotmpl',
    ]);
    expect(entries.get('apps/outside')?.mode).toBe('120000');
    expect(entries.get('inner')?.mode).toBe('160000');
    expect(entries.has('node_modules')).toBe(false);
    expect(entries.get('apps/README.md')?.mode).toBe('100644');
  });

  test('that is not there, or no folder, is told', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const wrong of [join(folder, 'nowhere'), file])
      await expect(readFolder(wrong, new Set())).rejects.toMatchObject({ name: 'Failure', code: 2 });
  });
});
