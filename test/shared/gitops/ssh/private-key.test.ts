import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPrivateKey } from '#shared/gitops/ssh/private-key.ts';
import { signForGit } from '#shared/gitops/ssh/signature.ts';
import { createReader } from '#shared/gitops/ssh/wire.ts';
import { generateKey, hasOpenssh, kinds } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'ssh-keys-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.from('tree 1\n\nMessage\n');

/** What `ssh-keygen` says of a signature by this public key. */
const verified = (publicKey: string, signature: string): string => {
  writeFileSync(join(folder, 'allowed'), `fairlead@acme.dev ${publicKey}\n`);
  writeFileSync(join(folder, 'signature'), signature);
  const args = ['-f', join(folder, 'allowed'), '-I', 'fairlead@acme.dev', '-n', 'git', '-s', join(folder, 'signature')];
  return execFileSync('ssh-keygen', ['-Y', 'verify', ...args], { input: content }).toString();
};

describe.skipIf(!hasOpenssh)('a private key of ssh-keygen', () => {
  test.each(kinds)('(%s %j) signs what ssh-keygen verifies', (type, bits) => {
    const key = generateKey(folder, `${type}-${bits[1] ?? ''}`, ['-t', type, ...bits]);
    const read = readPrivateKey(key.text, 'the key');
    expect(read.publicBlob.toString('base64')).toBe(key.publicKey.split(' ')[1]);
    // Numbers in it may begin with zeros or with a bit that wants one: a few signatures meet both.
    for (let time = 0; time < 3; time += 1)
      expect(verified(key.publicKey, signForGit(read, content))).toContain('Good "git" signature');
  });

  test('may have come through a form that changed its line breaks', () => {
    const { text, publicKey } = generateKey(folder, 'formed');
    for (const formed of [text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\\n'), text.trim()])
      expect(readPrivateKey(formed, 'x').publicBlob.toString('base64')).toBe(publicKey.split(' ')[1]);
  });

  test('that has a passphrase is refused, with what to do', () => {
    const { text } = generateKey(folder, 'closed', ['-t', 'ed25519', '-N', 'passphrase']);
    expect(() => readPrivateKey(text, '/fairlead/dev/gitops/main/signing-key')).toThrow(
      '/fairlead/dev/gitops/main/signing-key is not a private key that can be used: it has a passphrase: remove it',
    );
  });

  test('that was cut is refused without a word of it', () => {
    const { text } = generateKey(folder, 'cut');
    const lines = text.split('\n');
    const cut = [lines[0], lines[1], lines.at(-2)].join('\n');
    expect(() => readPrivateKey(cut, 'The key')).toThrow(
      /^The key is not a private key that can be used: it could not/,
    );
    try {
      readPrivateKey(cut, 'The key');
    } catch (error) {
      expect(String(error)).not.toContain(lines[1]);
      expect(error).not.toHaveProperty('cause');
    }
  });
});

describe('a private key in PEM', () => {
  test.each([
    ['PKCS #8', generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
    [
      'PKCS #1',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ format: 'pem', type: 'pkcs1' })
        .toString(),
    ],
    [
      'SEC1',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    ],
  ])('(%s) is read', (_, text) => {
    expect(readPrivateKey(text, 'x').publicBlob.length).toBeGreaterThan(40);
  });

  test('of RSA signs with SHA-512, or with SHA-256 for who asks for it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = readPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'x');
    for (const hash of ['sha256', 'sha512'] as const) {
      const read = createReader(key.sign(content, hash));
      expect(read.string().toString()).toBe(hash === 'sha256' ? 'rsa-sha2-256' : 'rsa-sha2-512');
      expect(verify(hash, content, createPublicKey(privateKey), read.string())).toBe(true);
    }
  });

  test.each([
    ['no key at all', 'hello'],
    [
      'another kind of key',
      generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
        .privateKey.export({ format: 'pem', type: 'sec1' })
        .toString(),
    ],
  ])('is refused where it is %s', (_, text) => {
    expect(() => readPrivateKey(text, 'The key')).toThrow(/The key is not a private key that can be used/);
  });
});
