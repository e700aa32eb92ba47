import * as z from 'zod';

/** A tag as the OCI distribution specification allows it. */
export const tagSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'is not an OCI tag');

export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is not an OCI digest (sha256:<64 hex digits>)');

/** `registry/repository` without a tag, e.g. `111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout`. */
export const imageRepositorySchema = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9.-]+(:[0-9]{1,5})?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/,
    'is not an image repository (registry/name, no tag)',
  );

export const imageSchema = z.object({ repository: imageRepositorySchema, tag: tagSchema, digest: digestSchema });

/** One image in a registry: where it is, what it is called, and what it is. */
export type Image = z.infer<typeof imageSchema>;

/** `registry/repository:tag`, as a manifest writes it. */
export const imageReference = (image: Pick<Image, 'repository' | 'tag'>): string => `${image.repository}:${image.tag}`;

const keepSlashes = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');

/**
 * The package URL of an image, CDEvents' `artifactId`
 * (`pkg:oci/<name>@sha256%3A<digest>?repository_url=<registry/repository>&tag=<tag>`, the purl specification's type `oci`).
 */
export const purlOf = ({ repository, tag, digest }: Omit<Image, 'tag'> & { tag?: string | undefined }): string => {
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const purl = `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${keepSlashes(repository)}`;
  return tag === undefined ? purl : `${purl}&tag=${keepSlashes(tag)}`;
};
