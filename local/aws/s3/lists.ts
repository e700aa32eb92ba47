import { AwsError } from '../aws-error.ts';
import type { Reply } from '../endpoint/call.ts';
import { childrenOf, readXml, textOf } from '../xml/read.ts';
import { type XmlContent, xmlDocument } from '../xml/write.ts';
import { contentOf } from './body.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import type { S3Request } from './request.ts';

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export const xmlReply = (root: string, content: XmlContent): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: xmlDocument(root, namespace, content),
});

/** S3 gives a thousand at most, whatever is asked for. */
const pageSize = (query: URLSearchParams): number => {
  const asked = Number(query.get('max-keys') ?? 1000);
  if (!Number.isInteger(asked) || asked < 0) throw new AwsError('InvalidArgument', 'max-keys is no number');
  return Math.min(asked, 1000);
};

const isAfter = (key: string, marker: string): boolean => Buffer.compare(Buffer.from(key), Buffer.from(marker)) > 0;

export const listObjects = (bucket: Bucket, { query }: S3Request): Reply => {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const all = bucket.objects().filter(({ key }) => key.startsWith(prefix) && isAfter(key, after));
  const page = all.slice(0, pageSize(query));
  const last = page.at(-1)?.key;
  const more = page.length < all.length && last !== undefined;
  return xmlReply('ListBucketResult', {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: pageSize(query),
    KeyCount: page.length,
    IsTruncated: more,
    NextContinuationToken: more ? Buffer.from(last).toString('base64url') : undefined,
    Contents: page.map(({ key, etag, modifiedAt, body }) => ({
      Key: key,
      LastModified: modifiedAt.toISOString(),
      ETag: etag,
      Size: body.length,
      StorageClass: 'STANDARD',
    })),
  });
};

const toEntry = (
  bucket: Bucket,
  { key, versionId, modifiedAt, etag, body, deleteMarker }: ObjectVersion,
): XmlContent => ({
  Key: key,
  VersionId: versionId,
  IsLatest: bucket.get(key)?.versionId === versionId,
  LastModified: modifiedAt.toISOString(),
  ...(!deleteMarker && { ETag: etag, Size: body.length, StorageClass: 'STANDARD' }),
});

export const listVersions = (bucket: Bucket, { query }: S3Request): Reply => {
  const prefix = query.get('prefix') ?? '';
  const [keyMarker, versionMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  const all = bucket.versions().filter(({ key }) => key.startsWith(prefix));
  const at = all.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker);
  const rest = at >= 0 ? all.slice(at + 1) : all.filter(({ key }) => isAfter(key, keyMarker));
  const page = rest.slice(0, pageSize(query));
  const last = page.at(-1);
  const more = page.length < rest.length && last !== undefined;
  const entries = (deleteMarker: boolean): XmlContent =>
    page.filter((one) => one.deleteMarker === deleteMarker).map((one) => toEntry(bucket, one));
  return xmlReply('ListVersionsResult', {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: pageSize(query),
    IsTruncated: more,
    ...(more && { NextKeyMarker: last.key, NextVersionIdMarker: last.versionId }),
    Version: entries(false),
    DeleteMarker: entries(true),
  });
};

/** Deletes what a list names; quiet ones are told of failures only, of which there are none here. */
export const deleteObjects = (bucket: Bucket, { headers, sent }: S3Request): Reply => {
  const list = readXml(contentOf(headers, sent).toString('utf8'));
  const deleted = childrenOf(list, 'Object').map((object) => {
    const [Key = '', VersionId] = [textOf(object, 'Key'), textOf(object, 'VersionId')];
    const gone = bucket.delete(Key, VersionId);
    return { Key, VersionId, DeleteMarker: gone?.deleteMarker === true ? true : undefined };
  });
  return xmlReply('DeleteResult', textOf(list, 'Quiet') === 'true' ? {} : { Deleted: deleted });
};
