import * as z from 'zod';
import type { Bucket } from './model.ts';
import { oneOrMore, type Reader, withoutEffect } from './reader.ts';
import { refuse } from './refusal.ts';

const bucket = z.strictObject({
  BucketName: z.string().optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  BucketEncryption: withoutEffect,
  PublicAccessBlockConfiguration: withoutEffect,
  OwnershipControls: withoutEffect,
  LifecycleConfiguration: withoutEffect,
  Tags: withoutEffect,
});

/** The one statement that is known here: nothing without TLS. Loopback stands for it, so it denies nobody. */
const tlsOnly = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Deny', 'must be Deny: a policy that allows something is not known here'),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: z.literal('*') })]),
  Action: z.literal('s3:*'),
  Resource: oneOrMore(z.string()),
  Condition: z.strictObject({
    Bool: z.strictObject({ 'aws:SecureTransport': z.union([z.literal(false), z.literal('false')]) }),
  }),
});

const bucketPolicy = z.strictObject({
  Bucket: z.string(),
  PolicyDocument: z.strictObject({ Version: z.string().optional(), Statement: z.array(tlsOnly) }),
});

export const readBuckets = (reader: Reader): Bucket[] => {
  const buckets = reader.of('AWS::S3::Bucket', bucket).map(({ logicalId, name, attribute, properties }) => ({
    logicalId,
    name,
    arn: attribute('Arn'),
    versioning: properties.VersioningConfiguration?.Status,
  }));
  const names = new Set(buckets.map(({ name }) => name));
  for (const { path, properties } of reader.of('AWS::S3::BucketPolicy', bucketPolicy)) {
    const { Bucket } = properties;
    reader.attempt(() => names.has(Bucket) || refuse([...path, 'Bucket'], `${Bucket} is no bucket of this stack`));
  }
  return buckets;
};
