import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type SshAgent, startAgent } from '#shared/gitops/ssh/agent.ts';
import { readPrivateKey } from '#shared/gitops/ssh/private-key.ts';
import { generateKey, hasOpenssh, kinds } from './keys.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ssh-agent-test-'));
let agent: SshAgent | undefined;

afterEach(() => agent?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (text: string): Promise<SshAgent> => {
  agent = await startAgent(readPrivateKey(text, 'the key'), ['example.org ssh-ed25519 AAAA']);
  return agent;
};

/** OpenSSH's own client of the agent. */
const ask = (command: string, args: readonly string[], { socket }: SshAgent) =>
  run(command, [...args], { env: { PATH: process.env.PATH, SSH_AUTH_SOCK: socket } });

describe.skipIf(!hasOpenssh)('the agent', () => {
  test.each(kinds)('shows its %s key (%j), and signs what ssh-keygen verifies', async (type, bits) => {
    const key = generateKey(folder, `${type}-${bits[1] ?? ''}`, ['-t', type, ...bits]);
    const started = await start(key.text);
    const { stdout } = await ask('ssh-add', ['-L'], started);
    expect(stdout.trim().split(' ').slice(0, 2)).toEqual(key.publicKey.split(' ').slice(0, 2));

    const signed = join(folder, `signed-${type}-${bits[1] ?? ''}`);
    writeFileSync(signed, 'hello\n');
    // With its public half alone, ssh-keygen has the agent sign.
    writeFileSync(`${signed}.pub`, key.publicKey);
    await ask('ssh-keygen', ['-Y', 'sign', '-f', `${signed}.pub`, '-n', 'test', signed], started);
    const checked = await run('sh', ['-c', `ssh-keygen -Y check-novalidate -n test -s ${signed}.sig < ${signed}`]);
    expect(checked.stdout).toContain('Good "test" signature');
  });

  test('has no key for who asks for another, and takes none', async () => {
    const started = await start(generateKey(folder, 'mine').text);
    const other = generateKey(folder, 'other');
    const signed = join(folder, 'signed-other');
    writeFileSync(signed, 'hello\n');
    writeFileSync(`${signed}.pub`, other.publicKey);
    await expect(
      ask('ssh-keygen', ['-Y', 'sign', '-f', `${signed}.pub`, '-n', 'test', signed], started),
    ).rejects.toThrow();
    await expect(ask('ssh-add', [other.file], started)).rejects.toThrow();
  });

  test('is in a folder of its user alone, which holds no key and is gone when it ends', async () => {
    const key = generateKey(folder, 'hidden');
    const started = await start(key.text);
    const home = dirname(started.socket);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(readdirSync(home).sort()).toEqual(['agent', 'known_hosts']);
    expect(readFileSync(started.knownHosts, 'utf8')).toBe('example.org ssh-ed25519 AAAA\n');
    await started.close();
    expect(existsSync(home)).toBe(false);
  });

  test('hangs up on what is no message, or none that ever ends', async () => {
    const started = await start(generateKey(folder, 'rude').text);
    for (const bytes of [Buffer.from('\0\0\0\x05\x0d\0\0\0\x63'), Buffer.alloc(100_000, 0x7f)]) {
      const socket = connect(started.socket).on('error', () => undefined);
      socket.resume().write(bytes);
      await once(socket, 'close');
    }
    await ask('ssh-add', ['-l'], started);
  });
});
