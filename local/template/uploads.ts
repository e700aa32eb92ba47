import { join } from 'node:path';
import type { Path } from './refusal.ts';

/** Where the parts of a stack are that its template only names. */
export interface Uploads {
  /** The zip of a key in a bucket, as a path; may refuse. */
  artifactOf(bucket: string, key: string, path: Path): string;
  /** What a text comes to that may be a reference to a parameter of SSM, `{{resolve:ssm:<name>}}`; may refuse. */
  resolved(text: string, path: Path): string;
}

export const fileOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** Before the upload: zips stand beside the template, under the last part of their keys, and nothing is resolved. */
export const beside = (folder: string | undefined): Uploads => ({
  artifactOf: (_, key) => (folder === undefined ? fileOf(key) : join(folder, fileOf(key))),
  resolved: (text) => text,
});
