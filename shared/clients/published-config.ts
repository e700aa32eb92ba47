import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { mostBytes } from '#shared/config/files.ts';
import type { ReadPublished } from '#shared/config/published.ts';
import { Upstream } from '#shared/handlers/errors.ts';

/** The object that `npm run config:publish` writes. */
export const publishedKey = 'fairlead.json';

const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  const status = metadata instanceof Object && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
};

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NoSuchKey';

/**
 * Reads the published configuration from the stage's bucket; S3 answers 304 to whoever has seen it. A role needs
 * `s3:ListBucket` beside `s3:GetObject`, or S3 answers 403 where nothing was published.
 */
export const createReadPublished =
  (client: S3Client, bucket: string): ReadPublished =>
  async (seen, signal) => {
    const command = new GetObjectCommand({ Bucket: bucket, Key: publishedKey, IfNoneMatch: seen });
    try {
      const { ETag: etag, Body: body, ContentLength: bytes = 0 } = await client.send(command, { abortSignal: signal });
      if (bytes > mostBytes) throw new Error(`It has ${bytes} bytes, and ${mostBytes} are read.`);
      if (etag === undefined || body === undefined) throw new Error('The answer has no content.');
      return { etag, text: await body.transformToString() };
    } catch (cause) {
      if (statusOf(cause) === 304) return 'same';
      if (isMissing(cause)) return 'nothing';
      throw new Upstream(`s3://${bucket}/${publishedKey} could not be read.`, { cause });
    }
  };
