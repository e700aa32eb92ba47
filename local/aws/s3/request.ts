import { AwsError } from '../aws-error.ts';
import type { Headers } from './body.ts';

/** A request of S3's REST protocol, path-style, as SDKs send it to a host that is an address. */
export interface S3Request {
  readonly method: string;
  /** Empty for the account itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly sent: Buffer;
}

export const parseS3Request = (method: string, target: string, headers: Headers, sent: Buffer): S3Request => {
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    const [decodedBucket, decodedKey] = [decodeURIComponent(bucket), decodeURIComponent(key)];
    return { method, bucket: decodedBucket, key: decodedKey, query: new URLSearchParams(query), headers, sent };
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
};

/** What changes nothing here: signing, who the client is, encryption at rest, and checksums, which are checked. */
const knownHeaders =
  /^x-amz-(date|security-token|user-agent|content-sha256|decoded-content-length|trailer|sdk-checksum-algorithm|server-side-encryption|meta-.+|checksum-.+)$/;

/** Refuses, as S3 itself does, what would ask for something that is not there. */
export const refuseUnknown = ({ headers, query }: S3Request, known: readonly string[]): void => {
  const refused = [
    ...Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !knownHeaders.test(name)),
    ...Object.keys(headers).filter((name) => ['range', 'if-modified-since', 'if-unmodified-since'].includes(name)),
    ...[...query.keys()].filter((name) => name !== 'x-id' && !known.includes(name)),
  ];
  if (refused.length === 0) return;
  throw new AwsError('NotImplemented', `The request asks for what is not known here: ${refused.join(', ')}`, 501);
};
