import * as z from 'zod';

/** Where an image says which commit it was built from (https://specs.opencontainers.org/image-spec/annotations/). */
export const revisionLabel = 'org.opencontainers.image.revision';

const textsSchema = z.record(z.string(), z.string());

const manifestSchema = z.object({
  annotations: textsSchema.optional().catch(undefined),
  config: z.object({ digest: z.string(), size: z.number() }).optional(),
  manifests: z.array(z.object({ digest: z.string(), platform: z.object({ os: z.string() }).optional() })).optional(),
});

/** What is read of a manifest or an index, of OCI's or Docker's media types. */
export type Manifest = z.infer<typeof manifestSchema>;

const configSchema = z.object({ config: z.object({ Labels: textsSchema.nullish() }).nullish() });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Undefined for what is no manifest: an image without a readable one just tells no commit. */
export const parseManifest = (text: string | undefined): Manifest | undefined =>
  text === undefined ? undefined : manifestSchema.safeParse(parseJson(text)).data;

/** The labels of an image's config. */
export const parseConfig = (text: string): Record<string, string> =>
  configSchema.safeParse(parseJson(text)).data?.config?.Labels ?? {};

/** The first manifest of an index that is for a platform; buildx's attestations are for `unknown`. */
export const platformManifest = ({ manifests = [] }: Manifest): string | undefined =>
  manifests.find(({ platform }) => platform?.os !== 'unknown')?.digest;
