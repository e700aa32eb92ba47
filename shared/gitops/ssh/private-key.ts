import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { Upstream } from '#shared/handlers/errors.ts';
import { readOpensshKey } from './openssh-key.ts';
import { mpint, string } from './wire.ts';

/** A private key that signs as SSH does. Nothing gives the key itself away. */
export interface SshKey {
  /** As in `authorized_keys`, decoded (RFC 4253, section 6.6). */
  readonly publicBlob: Buffer;
  /** The name of the algorithm, and the signature. An RSA key takes SHA-512 unless asked for SHA-256. */
  sign(data: Buffer, hash?: 'sha256' | 'sha512'): Buffer;
}

const decoded = (field: string | undefined): Buffer => Buffer.from(field ?? '', 'base64url');

const ed25519 = (key: KeyObject, { x }: JsonWebKey): SshKey => ({
  publicBlob: Buffer.concat([string('ssh-ed25519'), string(decoded(x))]),
  sign: (data) => Buffer.concat([string('ssh-ed25519'), string(sign(null, data, key))]),
});

const rsa = (key: KeyObject, { e, n }: JsonWebKey): SshKey => ({
  publicBlob: Buffer.concat([string('ssh-rsa'), mpint(decoded(e)), mpint(decoded(n))]),
  sign: (data, hash = 'sha512') =>
    Buffer.concat([string(hash === 'sha256' ? 'rsa-sha2-256' : 'rsa-sha2-512'), string(sign(hash, data, key))]),
});

const hashOf: Readonly<Record<string, string>> = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' };

const ecdsa = (key: KeyObject, { crv = '', x, y }: JsonWebKey): SshKey => {
  const curve = `nistp${crv.slice(2)}`;
  const name = `ecdsa-sha2-${curve}`;
  const point = Buffer.concat([Buffer.from([4]), decoded(x), decoded(y)]);
  return {
    publicBlob: Buffer.concat([string(name), string(curve), string(point)]),
    sign: (data) => {
      const both = sign(hashOf[crv], data, { key, dsaEncoding: 'ieee-p1363' });
      const half = both.length / 2;
      return Buffer.concat([
        string(name),
        string(Buffer.concat([mpint(both.subarray(0, half)), mpint(both.subarray(half))])),
      ]);
    },
  };
};

const keyOf = (key: KeyObject): SshKey => {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return ed25519(key, jwk);
  if (jwk.kty === 'RSA') return rsa(key, jwk);
  if (jwk.kty === 'EC' && hashOf[jwk.crv ?? ''] !== undefined) return ecdsa(key, jwk);
  throw new TypeError('it is of a kind that SSH does not know');
};

/** A copy that went through a form may have lost its line breaks' kind and its last one. */
const tidy = (text: string): string => `${text.replaceAll('\r\n', '\n').replaceAll('\\n', '\n').trim()}\n`;

/**
 * Reads an unencrypted private key: Ed25519, ECDSA or RSA, in OpenSSH's format, PKCS #8 or PEM. `name` is where it came from:
 * the error names it, and says nothing of what it held.
 */
export const readPrivateKey = (text: string, name: string): SshKey => {
  try {
    const tidied = tidy(text);
    return keyOf(readOpensshKey(tidied) ?? createPrivateKey(tidied));
  } catch (error) {
    const why = error instanceof TypeError && !('code' in error) ? error.message : 'it could not be read';
    throw new Upstream(
      `${name} is not a private key that can be used: ${why}. Put an Ed25519, ECDSA or RSA key there, without a passphrase.`,
    );
  }
};
