import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type BucketLocationConstraint,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObservedCall } from '#local/aws/endpoint/endpoint.ts';
import type { Cloud } from '#local/cloud.ts';
import { clientOf, outcomeOf, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
let s3: S3Client;
const calls: ObservedCall[] = [];

beforeAll(async () => {
  cloud = await startFixture();
  cloud.onCall((call) => calls.push(call));
  s3 = new S3Client(clientOf(cloud));
});
afterAll(() => cloud.close());

let Bucket: string;
let made = 0;
beforeEach(async () => {
  made += 1;
  Bucket = `bucket-${made}`;
  const LocationConstraint: BucketLocationConstraint = 'eu-west-1';
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
});

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToString();
const keepVersions = () =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
const status = (httpStatusCode: number) => ({ $metadata: expect.objectContaining({ httpStatusCode }) });

describe('an object', () => {
  test('comes back byte by byte, with its type and metadata', async () => {
    const Body = Buffer.from([0, 255, 13, 10, 128]);
    const Key = 'a folder/ü & <x>+%2F?';
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/zip', Metadata: { filesha256: 'x=' } }),
    );
    const read = await get(Key);
    expect(await read.Body?.transformToByteArray()).toEqual(new Uint8Array(Body));
    const same = { ContentType: 'application/zip', Metadata: { filesha256: 'x=' }, ContentLength: 5 };
    expect(read).toMatchObject(same);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ...same, ETag: read.ETag });
  });

  test('may come as a stream, whose checksum follows it', async () => {
    const Body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: 7 }));
    expect(await text('k')).toBe('one two');
  });

  test('is not written when its checksum is another', async () => {
    await expect(put('k', 'text', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(get('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('is not sent again to who has it', async () => {
    const { ETag } = await put('k', 'one');
    await expect(get('k', { IfNoneMatch: ETag })).rejects.toMatchObject(status(304));
    await put('k', 'two');
    expect(await text('k', { IfNoneMatch: ETag })).toBe('two');
    await expect(get('k', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('is written only if what is there is what was expected', async () => {
    await expect(put('k', 'x', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { ETag } = await put('k', 'one', { IfNoneMatch: '*' });
    await expect(put('k', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('k', 'two', { IfMatch: ETag });
    await expect(put('k', 'three', { IfMatch: ETag })).rejects.toMatchObject(status(412));
    expect(await text('k')).toBe('two');
  });

  test('has no version to tell of in a bucket that keeps none', async () => {
    expect((await put('k', 'one')).VersionId).toBeUndefined();
    await put('k', 'two');
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions).toMatchObject([{ Key: 'k', VersionId: 'null', IsLatest: true, Size: 3 }]);
  });
});

describe('what is uploaded in parts', () => {
  const Body = Buffer.alloc(11 * 1024 * 1024, 'fairlead ');

  test('is one object in the end', async () => {
    const Metadata = { filesha256: 'x=' };
    await new Upload({ client: s3, params: { Bucket, Key: 'large', Body: Readable.from([Body]), Metadata } }).done();
    const read = await get('large');
    expect(Body.equals((await read.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(read).toMatchObject({ ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/), Metadata });
  });

  test('is not there before that, nor with a part that is too small or unknown', async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    const part = (PartNumber: number, Text: string) =>
      s3.send(new UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber, Body: Text }));
    const [{ ETag: one }, { ETag: two }] = [await part(1, 'small'), await part(2, 'last')];
    const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts } }));
    await expect(get('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(complete({ PartNumber: 1, ETag: one }, { PartNumber: 2, ETag: two })).rejects.toMatchObject({
      name: 'EntityTooSmall',
    });
    await expect(complete({ PartNumber: 2, ETag: one })).rejects.toMatchObject({ name: 'InvalidPart' });
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId }));
    await expect(complete({ PartNumber: 2, ETag: two })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

describe('versions', () => {
  test('are kept, listed newest first, and can be read', async () => {
    await keepVersions();
    const first = await put('k', 'one');
    const second = await put('k', 'two');
    expect(await text('k')).toBe('two');
    expect(await text('k', { VersionId: first.VersionId })).toBe('one');
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'k' }));
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second.VersionId, true],
      [first.VersionId, false],
    ]);
    await expect(get('k', { VersionId: 'x' })).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  test('are hidden by a delete marker, and come back without it', async () => {
    await keepVersions();
    await put('k', 'one');
    const { VersionId, DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(DeleteMarker).toBe(true);
    await expect(get('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(DeleteMarkers).toMatchObject([{ VersionId, IsLatest: true }]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId }));
    expect(await text('k')).toBe('one');
  });
});

describe('a bucket', () => {
  test('says where it is, and whether it keeps versions', async () => {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint).toBe('eu-west-1');
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    await keepVersions();
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-west-1');
  });

  test('is listed page by page, in the order of the bytes', async () => {
    for (const key of ['b/2', 'a', 'b/1', 'B', 'ö', 'b/10']) await put(key, '.');
    const pages: string[][] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3, pageSize: 4 }, { Bucket })) {
      pages.push(Contents.map(({ Key = '' }) => Key));
    }
    expect(pages).toEqual([
      ['B', 'a', 'b/1', 'b/10'],
      ['b/2', 'ö'],
    ]);
    const first = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'b/', MaxKeys: 2 }));
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const after = { Bucket, Prefix: 'b/', KeyMarker, VersionIdMarker };
    const second = await s3.send(new ListObjectVersionsCommand(after));
    const versions = [first, second].flatMap(({ Versions = [] }) => Versions.map(({ Key }) => Key));
    expect(versions).toEqual(['b/1', 'b/10', 'b/2']);
  });

  test('can only go when it is empty, every version of it', async () => {
    await keepVersions();
    const [{ VersionId: one }, { VersionId: two }] = [await put('k', '1'), await put('k', '2')];
    const remove = () => s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const Objects = [one, two].map((VersionId) => ({ Key: 'k', VersionId }));
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toMatchObject(Objects);
    await remove();
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(put('k', 'x')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('is made where it is asked for, once', async () => {
    const create = (name: string, region?: BucketLocationConstraint) =>
      s3.send(
        new CreateBucketCommand({
          Bucket: name,
          ...(region && { CreateBucketConfiguration: { LocationConstraint: region } }),
        }),
      );
    await expect(create(Bucket, 'eu-west-1')).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
    await expect(create('elsewhere', 'us-west-2')).rejects.toMatchObject({
      name: 'IllegalLocationConstraintException',
    });
  });
});

test('what is not known is refused by name, as S3 does it', async () => {
  await put('k', 'text');
  await expect(get('k', { Range: 'bytes=0-1' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('range'),
  });
  await expect(put('k', 'x', { ACL: 'public-read' })).rejects.toMatchObject({
    message: expect.stringContaining('x-amz-acl'),
  });
});

describe("a function's role", () => {
  const read = (key: string) => outcomeOf(cloud, 'actor', steps(['object', key]));

  test('lets it read what it names in a bucket of the template, whose versions are kept', async () => {
    Bucket = 'fixture-files';
    expect((await put('public/x', 'hello')).VersionId).toMatch(/^[0-9a-f]{32}$/);
    expect(await read('public/x')).toBe('hello');
    expect(calls.at(-1)).toMatchObject({
      function: 'fixture-test-actor',
      service: 's3',
      action: 'GetObject',
      resources: ['arn:aws:s3:::fixture-files/public/x'],
      input: { Bucket, Key: 'public/x' },
      allowed: true,
    });
  });

  test('does not let it read anything else', async () => {
    Bucket = 'fixture-files';
    await put('private', 'secret');
    expect(await read('private')).toMatchObject({
      errorType: 'AccessDenied',
      errorMessage: expect.stringContaining('s3:GetObject on resource: arn:aws:s3:::fixture-files/private'),
    });
  });

  test('that may not list does not let it learn what is absent', async () => {
    expect(await read('public/absent')).toMatchObject({ errorType: 'AccessDenied' });
  });
});
