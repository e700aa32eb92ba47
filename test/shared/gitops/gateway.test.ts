import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { importCommit } from '#local/git-server/import-commit.ts';
import { runGit } from '#local/git-server/run-git.ts';
import { createGateway } from '#shared/gitops/gateway/gateway.ts';
import { intentOf, kustomization } from './standard.ts';
import { createWorld, manifest, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);

/** The gateway's way to the world's repository. */
const passageTo = async (authorization?: string) => {
  const passage = await createGateway({}).admit({ url: world.repository.url, authorization });
  if (passage === undefined) throw new Error('the gateway admits nobody');
  const ask = async (path: string, headers: Record<string, string> = { 'x-fairlead-pass': passage.pass }) => {
    const response = await fetch(`${passage.url}${path}`, { headers });
    return { status: response.status, body: await response.text() };
  };
  return { ...passage, ask };
};

const refs = (service: 'upload' | 'receive'): string => `/info/refs?service=git-${service}-pack`;

describe('the gateway', () => {
  it('lets nobody pass who does not show what git was given', async () => {
    world = await createWorld({ token: 'secret' });
    const { ask, pass } = await passageTo('Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0');
    for (const headers of [{}, { 'x-fairlead-pass': '' }, { 'x-fairlead-pass': `${pass}0` }])
      expect((await ask(refs('upload'), headers)).status).toBe(403);
    expect(world.asked()).toEqual([]);
    expect((await ask(refs('upload'))).status).toBe(200);
  });

  it('leads to the repositories that were admitted, and to nothing else', async () => {
    world = await createWorld();
    const { url, pass } = await passageTo();
    const elsewhere = await fetch(`${new URL(url).origin}/0123456789abcdef${refs('upload')}`, {
      headers: { 'x-fairlead-pass': pass },
    });
    expect(elsewhere.status).toBe(404);
    expect(world.asked()).toEqual([]);
  });

  it('asks once what the server can do in protocol version 2, and each time without it', async () => {
    world = await createWorld();
    const { ask, pass } = await passageTo();
    const second = { 'x-fairlead-pass': pass, 'git-protocol': 'version=2' };
    await ask(refs('upload'));
    const [first, again] = [await ask(refs('upload'), second), await ask(refs('upload'), second)];
    expect(first.body).toContain('version 2');
    expect(again).toEqual(first);
    expect(world.asked()).toEqual(['fetch refs', 'fetch refs']);
  });

  it('says itself what a push expects, with what the server can do', async () => {
    world = await createWorld();
    const { ask, pass } = await passageTo();
    const base = `${'1'.repeat(40)} refs/heads/main`;
    const expecting = { 'x-fairlead-pass': pass, 'x-fairlead-base': base };
    const asked = await ask(refs('receive'), expecting);
    expect(asked.body).toContain(await world.served.head());
    const known = await ask(refs('receive'), expecting);
    expect(known.body).toContain(`${base}\0`);
    expect(known.body).toContain('report-status');
    expect(world.asked()).toEqual(['push refs']);
    expect((await ask(refs('receive'))).body).toContain(await world.served.head());
  });

  it('forgets what it knows when the server refuses', async () => {
    let refuses = false;
    world = await createWorld({ intercept: () => (refuses ? { status: 403 } : undefined) });
    const { ask, pass } = await passageTo();
    const second = { 'x-fairlead-pass': pass, 'git-protocol': 'version=2' };
    await ask(refs('upload'), second);
    refuses = true;
    expect((await ask(refs('receive'))).status).toBe(403);
    expect((await ask(refs('upload'), second)).status).toBe(403);
  });

  it('never makes a whole of what was cut off', async () => {
    world = await createWorld({ intercept: () => 'cut' });
    const { ask } = await passageTo();
    await expect(ask(refs('upload'))).rejects.toThrow();
  });

  it('knows why a server was not reached', async () => {
    world = await createWorld();
    const { ask, failure } = await passageTo();
    await world.server.close();
    expect((await ask(refs('upload'))).status).toBe(502);
    expect(failure()).toContain('ECONNREFUSED');
  });

  it('leaves to git what only git can reach', async () => {
    world = await createWorld();
    const { url } = world.repository;
    const admit = (environment: Record<string, string>, remote = url) =>
      createGateway(environment).admit({ url: remote, authorization: undefined });
    expect(await admit({ HTTPS_PROXY: 'http://proxy.acme.dev' })).toBeUndefined();
    expect(await admit({ SSL_CERT_DIR: '/etc/ssl/certs' })).toBeUndefined();
    expect(await admit({ SSL_CERT_FILE: join(world.folder, 'not-there.pem') })).toBeUndefined();
    expect(await admit({}, 'ssh://git@acme.dev/gitops.git')).toBeUndefined();
    expect(await admit({})).toBeDefined();
  });
});

describe('a writer behind the gateway', () => {
  it('gives git no token, not even in its environment', async () => {
    const token = 'ghs_t0ken';
    world = await createWorld({ token });
    const [binary, log] = [join(world.folder, 'git-that-tells'), join(world.folder, 'environment.log')];
    await writeFile(binary, `#!/bin/sh\nenv >> ${log}\nexec git "$@"\n`);
    await chmod(binary, 0o755);
    const result = await world.writer({ binary }).write(world.repository, [intentOf('main-1', 1)], signal());
    expect(result).toMatchObject([{ outcome: 'committed' }]);
    const environment = await readFile(log, 'utf8');
    expect(environment).toContain('X-Fairlead-Pass');
    for (const spelling of [token, Buffer.from(`x-access-token:${token}`).toString('base64')])
      expect(environment).not.toContain(spelling);
  });

  it('finds its way where the branch was replaced and its old commit is gone', async () => {
    world = await createWorld();
    const { directory } = world.served;
    const writer = world.writer();
    await writer.write(world.repository, [intentOf('main-1', 1)], signal());
    const files = { [manifest('checkout')]: kustomization('checkout', 'main-0') };
    const other = await importCommit(directory, { branch: 'other', files, message: 'Start anew' }, undefined);
    await runGit(directory, ['update-ref', 'refs/heads/main', other]);
    await runGit(directory, ['gc', '--prune=now']);
    const result = await writer.write(world.repository, [intentOf('main-2', 2)], signal());
    expect(result).toMatchObject([{ outcome: 'committed' }]);
    expect(await world.subjects()).toEqual(['Start anew', 'checkout: staging to main-2']);
  });
});
