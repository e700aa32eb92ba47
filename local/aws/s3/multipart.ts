import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { Reply } from '../endpoint/call.ts';
import { childrenOf, readXml, textOf } from '../xml/read.ts';
import { contentOf } from './body.ts';
import type { Bucket } from './bucket.ts';
import { xmlReply } from './lists.ts';
import { metadataOf, versionHeader } from './objects.ts';
import type { S3Request } from './request.ts';

interface Part {
  readonly body: Buffer;
  readonly etag: string;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, Part>;
}

/** All parts but the last have to be as big as this, in bytes. */
const smallestPart = 5 * 1024 * 1024;

const noSuchUpload = (): AwsError =>
  new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);

const quoted = (etag: string): string => `"${etag.replaceAll('"', '')}"`;

/** Uploads in parts, as SDKs send what is large: nothing is there until all of it is. */
export const createMultipart = () => {
  const uploads = new Map<string, Upload>();

  const find = ({ name }: Bucket, { key, query }: S3Request): Upload => {
    const upload = uploads.get(query.get('uploadId') ?? '');
    if (upload === undefined || upload.bucket !== name || upload.key !== key) throw noSuchUpload();
    return upload;
  };

  const partsOf = ({ parts }: Upload, { headers, sent }: S3Request): Part[] => {
    const named = childrenOf(readXml(contentOf(headers, sent).toString('utf8')), 'Part');
    const found = named.map((part) => {
      const known = parts.get(Number(textOf(part, 'PartNumber')));
      if (known?.etag === quoted(textOf(part, 'ETag') ?? '')) return known;
      throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    });
    if (found.length === 0) throw new AwsError('MalformedXML', 'An upload has at least one part.');
    if (found.slice(0, -1).every(({ body }) => body.length >= smallestPart)) return found;
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  };

  return {
    begin: ({ name }: Bucket, request: S3Request): Reply => {
      const id = randomBytes(16).toString('hex');
      const { 'content-type': contentType } = request.headers;
      const upload = { bucket: name, key: request.key, contentType, metadata: metadataOf(request), parts: new Map() };
      uploads.set(id, upload);
      return xmlReply('InitiateMultipartUploadResult', { Bucket: name, Key: request.key, UploadId: id });
    },
    part: (bucket: Bucket, request: S3Request): Reply => {
      const number = Number(request.query.get('partNumber'));
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
      }
      const body = contentOf(request.headers, request.sent);
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      find(bucket, request).parts.set(number, { body, etag });
      return { status: 200, headers: { etag }, body: '' };
    },
    complete: (bucket: Bucket, request: S3Request): Reply => {
      const upload = find(bucket, request);
      const parts = partsOf(upload, request);
      const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.slice(1, -1), 'hex')));
      const { metadata, contentType } = upload;
      const version = bucket.put(request.key, {
        body: Buffer.concat(parts.map(({ body }) => body)),
        etag: `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`,
        metadata,
        ...(contentType && { contentType }),
      });
      uploads.delete(request.query.get('uploadId') ?? '');
      const reply = xmlReply('CompleteMultipartUploadResult', {
        Location: `https://${bucket.name}.s3.amazonaws.com/${request.key}`,
        Bucket: bucket.name,
        Key: request.key,
        ETag: version.etag,
      });
      return { ...reply, headers: { ...reply.headers, ...versionHeader(bucket, version) } };
    },
    abort: (bucket: Bucket, request: S3Request): Reply => {
      find(bucket, request);
      uploads.delete(request.query.get('uploadId') ?? '');
      return { status: 204, headers: {}, body: '' };
    },
  };
};
