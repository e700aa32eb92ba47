import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createReader } from './wire.ts';

/** What `ssh-keygen` writes; Node reads every other form by itself (OpenSSH's PROTOCOL.key). */
const envelope = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/;

const magic = 'openssh-key-v1\0';

type Reader = ReturnType<typeof createReader>;

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

/** Without the zero in front that keeps it positive, and padded to the curve's size. */
const integer = (bytes: Buffer, size = 0): string => {
  const digits = bytes[0] === 0 ? bytes.subarray(1) : bytes;
  return base64url(Buffer.concat([Buffer.alloc(Math.max(0, size - digits.length)), digits]));
};

const bigint = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

/** `value mod (prime - 1)`, which the file leaves out and JWK wants. */
const exponent = (value: Buffer, prime: Buffer): string => {
  const hex = (bigint(value) % (bigint(prime) - 1n)).toString(16);
  return base64url(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
};

const ed25519 = (read: Reader): JsonWebKey => {
  const x = read.string();
  const seed = read.string().subarray(0, 32);
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(x), d: base64url(seed) };
};

const rsa = (read: Reader): JsonWebKey => {
  const [n, e, d, qi, p, q] = [
    read.string(),
    read.string(),
    read.string(),
    read.string(),
    read.string(),
    read.string(),
  ];
  const primes = { p: integer(p), q: integer(q), dp: exponent(d, p), dq: exponent(d, q), qi: integer(qi) };
  return { kty: 'RSA', n: integer(n), e: integer(e), d: integer(d), ...primes };
};

const curveSizes: Readonly<Record<string, number>> = { '256': 32, '384': 48, '521': 66 };

const ecdsa = (read: Reader, bits: string): JsonWebKey => {
  const size = curveSizes[bits] ?? 0;
  read.string(); // the curve's name again
  const point = read.string();
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  return { kty: 'EC', crv: `P-${bits}`, x: base64url(x), y: base64url(y), d: integer(read.string(), size) };
};

const readFields = (read: Reader): JsonWebKey => {
  const type = read.string().toString();
  if (type === 'ssh-ed25519') return ed25519(read);
  if (type === 'ssh-rsa') return rsa(read);
  const [, bits] = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type) ?? [];
  if (bits === undefined) throw new TypeError(`it is of the kind ${JSON.stringify(type.slice(0, 50))}`);
  return ecdsa(read, bits);
};

/** A key in OpenSSH's own format; undefined where it is in another. Throws where it has a passphrase, or can't be used. */
export const readOpensshKey = (text: string): KeyObject | undefined => {
  const [, body] = envelope.exec(text) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic) throw new TypeError('it is not an OpenSSH key');
  const outer = createReader(bytes.subarray(magic.length));
  const cipher = outer.string().toString();
  outer.string(); // the derivation of a key from a passphrase, and its options
  outer.string();
  if (cipher !== 'none') throw new TypeError('it has a passphrase: remove it with ssh-keygen -p -N ""');
  if (outer.uint32() !== 1) throw new TypeError('it holds several keys');
  outer.string(); // the public key, which the private one has, too
  const inner = createReader(outer.string());
  const check = inner.uint32();
  if (inner.uint32() !== check) throw new TypeError('it is damaged');
  return createPrivateKey({ key: readFields(inner), format: 'jwk' });
};
