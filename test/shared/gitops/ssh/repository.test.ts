import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitRepository } from '#shared/gitops/intent.ts';
import { readPrivateKey } from '#shared/gitops/ssh/private-key.ts';
import { intentOf } from '../standard.ts';
import { createWorld, type World } from '../world.ts';
import { generateKey, hasOpenssh } from './keys.ts';

/** Debian's package openssh-server. */
const sshd = '/usr/sbin/sshd';
const reason = existsSync(sshd) ? '' : ' (skipped: there is no /usr/sbin/sshd here; install openssh-server)';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

let world: World;
let daemon: ChildProcess | undefined;
let repository: GitRepository;
let keys: Record<'host' | 'mine' | 'stranger', ReturnType<typeof generateKey>>;

const startDaemon = async (port: number): Promise<ChildProcess> => {
  const allowed = join(world.folder, 'authorized_keys');
  writeFileSync(allowed, `${keys.mine.publicKey}\n`, { mode: 0o600 });
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${keys.host.file}`,
    `AuthorizedKeysFile ${allowed}`,
    `PidFile ${join(world.folder, 'sshd.pid')}`,
    ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
    ...['AcceptEnv GIT_PROTOCOL', 'PermitRootLogin yes', 'LogLevel INFO'],
  ];
  writeFileSync(join(world.folder, 'sshd_config'), `${settings.join('\n')}\n`);
  // Where it drops its privileges; only root needs it, and only root can make it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(sshd, ['-D', '-e', '-f', join(world.folder, 'sshd_config')]);
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false }))
    if (String(chunk).includes('Server listening')) break;
  child.stderr.resume();
  return child;
};

const signal = (): AbortSignal => AbortSignal.timeout(25_000);
const write = (changes: Partial<GitRepository> = {}, tag = 'main-1', minute = 1) =>
  world
    .writer({ directory: join(world.folder, 'warm') })
    .write({ ...repository, ...changes }, [intentOf(tag, minute)], signal());

describe.skipIf(!hasOpenssh || reason !== '')(`a repository that is reached by SSH${reason}`, () => {
  beforeAll(async () => {
    world = await createWorld();
    const generate = (name: string) => generateKey(world.folder, name);
    keys = { host: generate('host'), mine: generate('mine'), stranger: generate('stranger') };
    const port = await freePort();
    daemon = await startDaemon(port);
    repository = {
      name: 'main',
      url: `ssh://${userInfo().username}@127.0.0.1:${port}${world.served.directory}`,
      branch: 'main',
      ssh: {
        key: readPrivateKey(keys.mine.text, 'the key'),
        knownHosts: [`[127.0.0.1]:${port} ${keys.host.publicKey}`],
      },
    };
  });
  afterAll(async () => {
    daemon?.kill();
    await world.end();
  });

  test('is written with the key, which is in no file', async () => {
    expect(await write()).toMatchObject([{ outcome: 'committed', revision: await world.served.head() }]);
    expect(await write({}, 'main-2', 2)).toMatchObject([{ outcome: 'committed' }]);
    const entries = await readdir(join(world.folder, 'warm'), { recursive: true, withFileTypes: true });
    const secret = keys.mine.text.split('\n')[3] ?? '';
    for (const entry of entries.filter((one) => one.isFile()))
      expect(await readFile(join(entry.parentPath, entry.name), 'latin1')).not.toContain(secret);
  });

  test.each([
    ['another key', () => [`${repository.ssh?.knownHosts[0]?.split(' ')[0]} ${keys.stranger.publicKey}`]],
    ['no key that is known', () => [`example.org ${keys.host.publicKey}`]],
  ])('is not talked to where its host shows %s', async (_, knownHosts) => {
    const before = await world.served.head();
    const ssh = { key: readPrivateKey(keys.mine.text, 'the key'), knownHosts: knownHosts() };
    await expect(write({ ssh }, 'main-9', 9)).rejects.toThrow(/Check gitops\.main\.knownHosts/);
    expect(await world.served.head()).toBe(before);
  });

  test('says so where the key does not open it', async () => {
    const ssh = { key: readPrivateKey(keys.stranger.text, 'the key'), knownHosts: repository.ssh?.knownHosts ?? [] };
    await expect(write({ ssh }, 'main-9', 9)).rejects.toThrow(
      /Permission denied \(publickey\).*Check that the SSH key of the GitOps repository "main" may write/,
    );
  });
});
