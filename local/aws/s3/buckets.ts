import { AwsError } from '../aws-error.ts';
import { type Bucket, createBucket, type Versioning } from './bucket.ts';

/** The buckets of an account. */
export interface Buckets {
  find(name: string): Bucket | undefined;
  /** Makes it, or changes the versioning of the one that is there. */
  ensure(name: string, versioning: Versioning): Bucket;
  /** Throws BucketNotEmpty. */
  remove(name: string): void;
  names(): string[];
}

export const createBuckets = (): Buckets => {
  const all = new Map<string, Bucket>();
  return {
    find: (name) => all.get(name),
    ensure: (name, versioning) => {
      const bucket = all.get(name) ?? createBucket(name, versioning);
      bucket.versioning = versioning;
      all.set(name, bucket);
      return bucket;
    },
    remove: (name) => {
      if ((all.get(name)?.versions().length ?? 0) > 0) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
      }
      all.delete(name);
    },
    names: () => [...all.keys()].sort(),
  };
};
