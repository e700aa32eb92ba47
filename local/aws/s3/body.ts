import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../aws-error.ts';

export type Headers = Readonly<Record<string, string>>;

const crlf = '\r\n';

const incomplete = (): never => {
  throw new AwsError('IncompleteBody', 'The request body is not what its aws-chunked encoding says.');
};

/** `aws-chunked`: what SDKs wrap streams in, so that a checksum can follow as a trailer. */
const unchunked = (encoded: Buffer): { body: Buffer; trailers: Headers } => {
  const parts: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = encoded.indexOf(crlf, at);
    if (end < 0) return incomplete();
    const text = encoded.toString('latin1', at, end);
    at = end + crlf.length;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line().replace(/;.*/, ''), 16);
    if (Number.isNaN(size) || at + size > encoded.length) return incomplete();
    if (size === 0) break;
    parts.push(encoded.subarray(at, at + size));
    at += size;
    if (line() !== '') return incomplete();
  }
  const trailers = encoded
    .toString('latin1', at)
    .split(crlf)
    .filter((text) => text.includes(':'))
    .map((text) => [text.slice(0, text.indexOf(':')).trim().toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]);
  return { body: Buffer.concat(parts), trailers: Object.fromEntries(trailers) };
};

export const crc32Of = (body: Buffer): string => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return checksum.toString('base64');
};

const hashed =
  (algorithm: string) =>
  (body: Buffer): string =>
    createHash(algorithm).update(body).digest('base64');

const checksums: Readonly<Record<string, (body: Buffer) => string>> = {
  'content-md5': hashed('md5'),
  'x-amz-checksum-crc32': crc32Of,
  'x-amz-checksum-sha1': hashed('sha1'),
  'x-amz-checksum-sha256': hashed('sha256'),
};

/** `x-amz-checksum-type` and `-mode` say something else about checksums. */
const isChecksum = (name: string): boolean =>
  name === 'content-md5' || /^x-amz-checksum-(?!type$|mode$|algorithm$)/.test(name);

/** The content of a request, whole and as its checksums say; throws what S3 refuses. */
export const contentOf = (headers: Headers, sent: Buffer): Buffer => {
  const chunked = /(^|,)\s*aws-chunked/.test(headers['content-encoding'] ?? '');
  const { body, trailers } = chunked ? unchunked(sent) : { body: sent, trailers: {} };
  for (const [name, given] of Object.entries({ ...headers, ...trailers })) {
    if (!isChecksum(name)) continue;
    const checksum = checksums[name];
    if (checksum === undefined) throw new AwsError('NotImplemented', `${name} is not known here`, 501);
    if (checksum(body) !== given) throw new AwsError('BadDigest', `The ${name} you specified did not match.`);
  }
  return body;
};
