import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { push } from '#local/standins/github/push.ts';
import { createHooks } from '#shared/clients/github/hooks.ts';
import { clearEachTime, files, start } from '../../local/standins/github/world.ts';

clearEachTime();

const root = join(import.meta.dirname, '../../..');
const token = 'ghp_of-somebody-who-owns-it';

/** The command as a process, with no configuration of the machine's. */
const run = async (githubApi: string, args: readonly string[], env: NodeJS.ProcessEnv = { GITHUB_TOKEN: token }) => {
  const given = [
    '--stage',
    'dev',
    '--config',
    'examples/acme/fairlead.yaml',
    '--only',
    'github',
    '--github-api',
    githubApi,
    ...args,
  ];
  const child = spawn(process.execPath, [join(root, 'commands/reconcile.ts'), ...given], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
};

/** GitHub as it is when it has lost the webhook of a push. */
const lost = async () => {
  const world = await start({ faults: { loses: () => true } });
  await push(world.url, { files, message: 'Round half up' });
  await world.github.idle();
  world.repository.token = token;
  return world;
};

describe('reconcile', { timeout: 60_000 }, () => {
  test('has GitHub send again what it lost, and nothing a second time', async () => {
    const { github, receiver } = await lost();
    const looked = await run(github.api, ['--dry-run']);
    expect(looked).toMatchObject({ code: 0, stderr: '' });
    expect(looked.stdout).toMatch(
      /^acme\/shop {2}push {2}[0-9a-f-]{36} {2}.+: 0 An exception occurred\n1 webhook would be sent again\. Nothing was done\.\n$/,
    );
    expect(receiver.received).toEqual([]);

    expect(await run(github.api, ['--yes'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\nGitHub sends 1 webhook of 1 again\.\n$/),
    });
    await github.idle();
    expect(receiver.received).toHaveLength(1);

    expect(await run(github.api, ['--yes'])).toMatchObject({
      code: 0,
      stdout: 'Nothing that GitHub sent from 1 of 1 repositories is missing.\n',
    });
    await github.idle();
    expect(receiver.received).toHaveLength(1);
  });

  test('looks through all pages, and no further back than it is asked', async () => {
    const { github, repository } = await start({}, 500);
    await push(repository.url, { files, message: 'Round half up' });
    await github.idle();
    repository.token = token;
    const [{ id } = expect.fail()] = github.deliveries();
    for (let count = 0; count < 120; count += 1) github.redeliver(id);
    await github.idle();

    const hooks = createHooks({ api: github.api, owner: 'acme', repo: 'shop' }, token);
    const [hook] = await hooks.all();
    const { attempts, complete } = await hooks.attempts(hook!, 0);
    expect(complete).toBe(true);
    expect(new Set(attempts.map((attempt) => attempt.id)).size).toBe(121);
    expect(await hooks.attempts(hook!, Date.now() + 1000)).toEqual({ attempts: [], complete: true });
  });

  test('says what it may not see, and shows no token', async () => {
    const { github } = await lost();
    const wrong = await run(github.api, ['--yes'], { GITHUB_TOKEN: 'ghp_of-a-stranger' });
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^GitHub did not list the webhooks of acme\/shop: 404 Not Found/);
    expect(wrong.stderr).not.toContain('ghp_');
  });

  test.each([
    ['without a token', ['--yes'], {}, 1, /^GitHub is not asked: GITHUB_TOKEN is not set\.$/m],
    ['where nobody can be asked', [], { GITHUB_TOKEN: token }, 2, /no terminal\. Add --yes/],
    ['for too long ago', ['--days', '90'], { GITHUB_TOKEN: token }, 2, /^--days .+30/],
  ])('%s does nothing, and says why', async (_, args, env, code, why) => {
    const said = await run('http://127.0.0.1:1', args, env);
    expect(said).toMatchObject({ code, stdout: '' });
    expect(said.stderr).toMatch(why);
  });
});
