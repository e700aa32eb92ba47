import { AwsError } from '../aws-error.ts';
import type { Reply } from '../endpoint/call.ts';
import { readXml, textOf } from '../xml/read.ts';
import { contentOf } from './body.ts';
import type { Bucket } from './bucket.ts';
import type { Buckets } from './buckets.ts';
import { deleteObjects, listObjects, listVersions, xmlReply } from './lists.ts';
import { createMultipart } from './multipart.ts';
import { deleteObject, getObject, putObject } from './objects.ts';
import type { S3Request } from './request.ts';

export interface Operation {
  readonly action: string;
  /** What a role has to allow, without `s3:`; there is another one for versions that are named. */
  readonly permission: string;
  readonly ofVersion?: string;
  readonly on: 'bucket' | 'object' | 'objects';
  /** Parameters that it knows; all others are refused. */
  readonly query: readonly string[];
  run(request: S3Request): Reply;
}

export interface S3Place {
  readonly buckets: Buckets;
  readonly region: string;
}

const done = (status = 200, headers: Reply['headers'] = {}): Reply => ({ status, headers, body: '' });

const createBucket = ({ buckets, region }: S3Place, { bucket, headers, sent }: S3Request): Reply => {
  const body = contentOf(headers, sent).toString('utf8');
  const place = (body === '' ? undefined : textOf(readXml(body), 'LocationConstraint')) ?? 'us-east-1';
  if (place !== region) {
    throw new AwsError('IllegalLocationConstraintException', `The ${place} location constraint is not of ${region}.`);
  }
  if (buckets.find(bucket)) throw new AwsError('BucketAlreadyOwnedByYou', 'You already own this bucket.', 409);
  buckets.ensure(bucket, undefined);
  return done(200, { location: `/${bucket}` });
};

const putVersioning = (bucket: Bucket, { headers, sent }: S3Request): Reply => {
  const status = textOf(readXml(contentOf(headers, sent).toString('utf8')), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new AwsError('MalformedXML', 'Status is no status.');
  bucket.versioning = status;
  return done();
};

const encryption = { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } } };

const objectsAfter = ['list-type', 'prefix', 'max-keys', 'continuation-token', 'start-after'];
const versionsAfter = ['versions', 'prefix', 'max-keys', 'key-marker', 'version-id-marker'];

/** By the method, what it is about, and what of it. */
export const createOperations = (place: S3Place): Readonly<Record<string, Operation>> => {
  const { buckets, region } = place;

  const within =
    (work: (bucket: Bucket, request: S3Request) => Reply): Operation['run'] =>
    (request) => {
      const bucket = buckets.find(request.bucket);
      if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
      return work(bucket, request);
    };

  const remove = within(({ name }) => {
    buckets.remove(name);
    return done(204);
  });
  const head = within(() => done(200, { 'x-amz-bucket-region': region }));
  const location = within(() => xmlReply('LocationConstraint', region === 'us-east-1' ? '' : region));
  const versioning = within((bucket) => xmlReply('VersioningConfiguration', { Status: bucket.versioning }));
  const encrypted = within(() => xmlReply('ServerSideEncryptionConfiguration', encryption));

  const multipart = createMultipart();
  const bucket = (action: string, run: Operation['run'], query: readonly string[] = []): Operation => ({
    action,
    permission: action,
    on: 'bucket',
    query,
    run,
  });
  const object = (action: string, run: Operation['run']): Operation => ({ ...bucket(action, run), on: 'object' });
  const put = { permission: 'PutObject' };
  const get = { permission: 'GetObject', ofVersion: 'GetObjectVersion', query: ['versionId'] };

  return {
    'PUT bucket': bucket('CreateBucket', (request) => createBucket(place, request)),
    'HEAD bucket': { ...bucket('HeadBucket', head), permission: 'ListBucket' },
    'DELETE bucket': bucket('DeleteBucket', remove),
    'GET bucket?list-type': { ...bucket('ListObjectsV2', within(listObjects), objectsAfter), permission: 'ListBucket' },
    'GET bucket?versions': {
      ...bucket('ListObjectVersions', within(listVersions), versionsAfter),
      permission: 'ListBucketVersions',
    },
    'GET bucket?location': bucket('GetBucketLocation', location, ['location']),
    'GET bucket?versioning': bucket('GetBucketVersioning', versioning, ['versioning']),
    'PUT bucket?versioning': bucket('PutBucketVersioning', within(putVersioning), ['versioning']),
    'GET bucket?encryption': {
      ...bucket('GetBucketEncryption', encrypted, ['encryption']),
      permission: 'GetEncryptionConfiguration',
    },
    'POST bucket?delete': {
      ...bucket('DeleteObjects', within(deleteObjects), ['delete']),
      permission: 'DeleteObject',
      on: 'objects',
    },
    'PUT object': object('PutObject', within(putObject)),
    'POST object?uploads': { ...object('CreateMultipartUpload', within(multipart.begin)), ...put, query: ['uploads'] },
    'PUT object?uploadId': {
      ...object('UploadPart', within(multipart.part)),
      ...put,
      query: ['uploadId', 'partNumber'],
    },
    'POST object?uploadId': {
      ...object('CompleteMultipartUpload', within(multipart.complete)),
      ...put,
      query: ['uploadId'],
    },
    'DELETE object?uploadId': {
      ...object('AbortMultipartUpload', within(multipart.abort)),
      query: ['uploadId'],
    },
    'GET object': { ...object('GetObject', within(getObject)), ...get },
    'HEAD object': { ...object('HeadObject', within(getObject)), ...get },
    'DELETE object': {
      ...object('DeleteObject', within(deleteObject)),
      ofVersion: 'DeleteObjectVersion',
      query: ['versionId'],
    },
  };
};
