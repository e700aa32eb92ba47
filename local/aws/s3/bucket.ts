import { createHash, randomBytes } from 'node:crypto';

/** One version of an object; `null` is the version id of what was written without versioning. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly body: Buffer;
  /** In quotes, as it is on the wire. */
  readonly etag: string;
  /** To the second, as S3 keeps it. */
  readonly modifiedAt: Date;
  readonly contentType: string;
  /** What was given as `x-amz-meta-…`, by the name after that. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly deleteMarker: boolean;
}

export type Versioning = 'Enabled' | 'Suspended' | undefined;

export interface Writing {
  readonly body: Buffer;
  /** That of its content, unless it is made of parts. */
  readonly etag?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A bucket in memory, with every version of its objects. */
export interface Bucket {
  readonly name: string;
  versioning: Versioning;
  put(key: string, writing: Writing): ObjectVersion;
  /** The current version, which may be a delete marker, or the one that is named. */
  get(key: string, versionId?: string): ObjectVersion | undefined;
  /** Without a version, puts a delete marker on top where versions are kept; with one, that version is gone for good. */
  delete(key: string, versionId?: string): ObjectVersion | undefined;
  /** The current versions that are no delete markers, in the order of their keys' bytes. */
  objects(): ObjectVersion[];
  /** Every version, newest first for each key. */
  versions(): ObjectVersion[];
}

const byBytes = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

const toTheSecond = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000);

export const createBucket = (name: string, versioning: Versioning): Bucket => {
  /** By key, newest first. */
  const stored = new Map<string, ObjectVersion[]>();
  const versionsOf = (key: string): ObjectVersion[] => stored.get(key) ?? [];
  const sorted = (): ObjectVersion[][] => [...stored].sort(byBytes).map(([, versions]) => versions);

  const bucket: Bucket = {
    name,
    versioning,
    put: (key, writing) => add(key, writing, false),
    get: (key, versionId) =>
      versionId === undefined ? versionsOf(key)[0] : versionsOf(key).find((one) => one.versionId === versionId),
    delete: (key, versionId) => {
      if (versionId !== undefined) {
        const gone = bucket.get(key, versionId);
        const left = versionsOf(key).filter((one) => one !== gone);
        keep(key, left);
        return gone;
      }
      if (bucket.versioning !== undefined) return add(key, { body: Buffer.alloc(0) }, true);
      stored.delete(key);
      return undefined;
    },
    objects: () => sorted().flatMap(([current]) => (current === undefined || current.deleteMarker ? [] : [current])),
    versions: () => sorted().flat(),
  };

  const keep = (key: string, versions: ObjectVersion[]): void => {
    if (versions.length === 0) stored.delete(key);
    else stored.set(key, versions);
  };

  const add = (key: string, { body, etag, contentType, metadata }: Writing, deleteMarker: boolean): ObjectVersion => {
    const version = {
      key,
      versionId: bucket.versioning === 'Enabled' ? randomBytes(16).toString('hex') : 'null',
      body,
      etag: etag ?? `"${createHash('md5').update(body).digest('hex')}"`,
      modifiedAt: toTheSecond(),
      contentType: contentType ?? 'application/octet-stream',
      metadata: metadata ?? {},
      deleteMarker,
    };
    stored.set(key, [version, ...versionsOf(key).filter(({ versionId }) => versionId !== version.versionId)]);
    return version;
  };

  return bucket;
};
