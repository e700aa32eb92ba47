import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../../template/refusal.ts';
import type { Uploads } from '../../template/uploads.ts';
import type { Account } from '../account.ts';

const reference = /^\{\{resolve:ssm:([^:}]+)(?::\d+)?\}\}$/;

/** Takes code from buckets, as Lambda does: a copy in a folder, so that what runs stays when the bucket changes. */
export const createUploads = ({ buckets, parameters }: Account, folder: string): Uploads => ({
  artifactOf: (bucket, key, path) => {
    const object = buckets.find(bucket)?.get(key);
    if (object === undefined || object.deleteMarker) {
      return refuse(path, `Error occurred while GetObject of ${key} in ${bucket}. S3 Error Code: NoSuchKey.`);
    }
    const copy = join(folder, `${object.etag.slice(1, -1)}.zip`);
    writeFileSync(copy, object.body);
    return copy;
  },
  resolved: (text, path) => {
    const [, name] = reference.exec(text) ?? [];
    if (name === undefined) return text;
    return parameters.get(name)?.value ?? refuse(path, `Parameters: [ssm:${name}] cannot be found.`);
  },
});
