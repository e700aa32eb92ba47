import { posix } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Snapshot } from './repository.ts';

/** Where an application's manifests are: a Kustomize folder, or the values file of a Helm chart. */
export type Place = { readonly path: string } | { readonly file: string };

const scalar = z.union([z.string(), z.number()]).transform(String);

const kustomizationSchema = z.object({
  images: z
    .array(
      z.object({
        name: z.string(),
        newName: z.string().optional(),
        newTag: scalar.optional(),
        digest: z.string().optional(),
      }),
    )
    .nullish(),
});

const referenceOf = (repository: string, tag: string | undefined, digest: string | undefined): string =>
  `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;

const kustomizeImages = async (snapshot: Snapshot, folder: string): Promise<string[]> => {
  for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
    const text = await snapshot.read(posix.join(folder, name));
    if (text === undefined) continue;
    const { images } = kustomizationSchema.parse(parse(text));
    return (images ?? []).map(({ name, newName, newTag, digest }) => referenceOf(newName ?? name, newTag, digest));
  }
  throw new Error(`${folder}: app path does not exist`);
};

const helmImageSchema = z.object({
  registry: z.string().optional(),
  repository: z.string(),
  tag: scalar.nullish(),
  digest: z.string().nullish(),
});

/** Every image in values: a map with `repository` (as charts have it), or `image: repository:tag`. */
const imagesIn = (value: unknown, key = ''): string[] => {
  if (typeof value === 'string') return key === 'image' && /[:@]/.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => imagesIn(item));
  if (typeof value !== 'object' || value === null) return [];
  const image = helmImageSchema.safeParse(value);
  if (!image.success) return Object.entries(value).flatMap(([name, field]) => imagesIn(field, name));
  const { registry, repository, tag, digest } = image.data;
  return [referenceOf(registry ? `${registry}/${repository}` : repository, tag ?? undefined, digest ?? undefined)];
};

const helmImages = async (snapshot: Snapshot, file: string): Promise<string[]> => {
  const text = await snapshot.read(file);
  if (text === undefined) throw new Error(`open ${file}: no such file or directory`);
  return imagesIn(parse(text));
};

/** The images that a commit wants to run, each once. Throws in Argo CD's words. */
export const wantedImages = async (snapshot: Snapshot, place: Place): Promise<string[]> => {
  const images = await ('path' in place ? kustomizeImages(snapshot, place.path) : helmImages(snapshot, place.file));
  return [...new Set(images)].sort();
};
