import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import { readPrivateKey } from '#shared/gitops/ssh/private-key.ts';
import { signForGit } from '#shared/gitops/ssh/signature.ts';
import { generateKey, hasOpenssh } from './ssh/keys.ts';
import { intentOf } from './standard.ts';
import { createWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);

const author = { name: 'Acme deploys', email: 'deploys@acme.dev' };

describe('the author of a repository', () => {
  test('is who commits, and can’t smuggle in a header', async () => {
    world = await createWorld();
    const evil = { name: 'Acme <x>\ncommitter Eve', email: 'deploys@acme.dev>' };
    await world.writer().write({ ...world.repository, author: evil }, [intentOf('main-1', 1)], signal());
    const who = await runGit(world.served.directory, ['log', '-1', '--format=%an|%ae|%cn|%ce', 'main']);
    expect(who.toString().trim()).toBe('Acme xcommitter Eve|deploys@acme.dev|Acme xcommitter Eve|deploys@acme.dev');
  });
});

describe('the subject of a repository’s commits', () => {
  test('is of its template; the trailers are there all the same', async () => {
    world = await createWorld();
    const repository = { ...world.repository, subject: 'chore({service}): {environments} runs {images}' };
    await world.writer().write(repository, [intentOf('main-1', 1)], signal());
    const [, commit] = await world.served.commits('0', (await world.served.head()) ?? '0');
    expect(commit?.message).toMatch(/^chore\(checkout\): staging runs main-1\n\n.+\n\nFairlead-Event: /);
  });
});

describe.skipIf(!hasOpenssh)('commits of a repository with a signing key', () => {
  test('are each verified by git, one on top of the other, and are found again by their trailers', async () => {
    world = await createWorld();
    const pair = generateKey(world.folder, 'signing');
    const key = readPrivateKey(pair.text, 'the key');
    const repository = { ...world.repository, author, sign: (commit: Buffer) => signForGit(key, commit) };
    const wishes = ['checkout', 'ledger'].map((service) => intentOf('main-1', 1, { service }));
    const writer = world.writer();
    const results = await writer.write(repository, wishes, signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(await writer.write(repository, wishes, signal())).toEqual(results);

    await writeFile(join(world.folder, 'allowed'), `${author.email} ${pair.publicKey}\n`);
    const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${join(world.folder, 'allowed')}`];
    const log = await runGit(world.served.directory, [...settings, 'log', '--format=%G? %GS %s', '-3', 'main']);
    expect(log.toString().trim().split('\n')).toEqual([
      `G ${author.email} ledger: staging to main-1`,
      `G ${author.email} checkout: staging to main-1`,
      'N  Start',
    ]);
    await runGit(world.served.directory, [...settings, 'verify-commit', 'main']);
    await runGit(world.served.directory, ['fsck', '--strict', '--no-dangling']);
  });
});
