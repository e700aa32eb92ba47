import { AwsError } from '../aws-error.ts';
import type { Reply } from '../endpoint/call.ts';
import { contentOf, crc32Of } from './body.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import type { S3Request } from './request.ts';

const noSuchKey = (): AwsError => new AwsError('NoSuchKey', 'The specified key does not exist.', 404);

const preconditionFailed = (): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

/** Without versioning there is a version, but nobody is told of it. */
export const versionHeader = (bucket: Bucket, { versionId }: ObjectVersion): Reply['headers'] =>
  bucket.versioning === undefined ? {} : { 'x-amz-version-id': versionId };

const matches = (condition: string, etag: string): boolean =>
  condition.split(',').some((one) => ['*', etag, etag.slice(1, -1)].includes(one.trim().replace(/^W\//, '')));

export const metadataOf = ({ headers }: S3Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name.slice('x-amz-meta-'.length), value]),
  );

const checkMayWrite = (current: ObjectVersion | undefined, { headers }: S3Request): void => {
  const { 'if-none-match': noneMatch, 'if-match': match } = headers;
  const there = current === undefined || current.deleteMarker ? undefined : current;
  if (match !== undefined && there === undefined) throw noSuchKey();
  if (match !== undefined && there && !matches(match, there.etag)) throw preconditionFailed();
  if (noneMatch === undefined) return;
  if (noneMatch !== '*') throw new AwsError('NotImplemented', 'If-None-Match of a PUT must be *', 501);
  if (there !== undefined) throw preconditionFailed();
};

export const putObject = (bucket: Bucket, request: S3Request): Reply => {
  const body = contentOf(request.headers, request.sent);
  checkMayWrite(bucket.get(request.key), request);
  const { 'content-type': contentType } = request.headers;
  const version = bucket.put(request.key, { body, metadata: metadataOf(request), ...(contentType && { contentType }) });
  return {
    status: 200,
    headers: { etag: version.etag, 'x-amz-checksum-crc32': crc32Of(body), ...versionHeader(bucket, version) },
    body: '',
  };
};

const found = (bucket: Bucket, { key, query }: S3Request): ObjectVersion => {
  const versionId = query.get('versionId') ?? undefined;
  const version = bucket.get(key, versionId);
  if (version === undefined && versionId !== undefined) {
    throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  }
  if (version === undefined) throw noSuchKey();
  if (!version.deleteMarker) return version;
  if (versionId === undefined) throw noSuchKey();
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
};

/** GET and HEAD: the latter is told the same without the content. */
export const getObject = (bucket: Bucket, request: S3Request): Reply => {
  const version = found(bucket, request);
  const { 'if-none-match': noneMatch, 'if-match': match, 'x-amz-checksum-mode': mode } = request.headers;
  if (match !== undefined && !matches(match, version.etag)) throw preconditionFailed();
  const validators = { etag: version.etag, 'last-modified': version.modifiedAt.toUTCString() };
  const identity = { ...validators, ...versionHeader(bucket, version) };
  if (noneMatch !== undefined && matches(noneMatch, version.etag)) return { status: 304, headers: identity, body: '' };
  const metadata = Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    status: 200,
    headers: {
      ...identity,
      ...Object.fromEntries(metadata),
      ...(mode?.toUpperCase() === 'ENABLED' && { 'x-amz-checksum-crc32': crc32Of(version.body) }),
      'content-type': version.contentType,
      'content-length': String(version.body.length),
    },
    body: request.method === 'HEAD' ? '' : version.body,
  };
};

export const deleteObject = (bucket: Bucket, { key, query }: S3Request): Reply => {
  const gone = bucket.delete(key, query.get('versionId') ?? undefined);
  const headers = gone && { ...versionHeader(bucket, gone), 'x-amz-delete-marker': String(gone.deleteMarker) };
  return { status: 204, headers: headers ?? {}, body: '' };
};
