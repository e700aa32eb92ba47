import { createHash } from 'node:crypto';

/** Bytes with their address. */
export interface Blob {
  readonly digest: string;
  readonly body: string;
}

export interface Manifest extends Blob {
  readonly mediaType: string;
}

/** A multi-architecture image: the index that gets the tag, and all that it refers to. */
export interface BuiltImage {
  readonly index: Manifest;
  readonly children: readonly Manifest[];
  readonly blobs: readonly Blob[];
}

const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

const blobOf = (content: unknown): Blob => {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return { digest: `sha256:${createHash('sha256').update(body).digest('hex')}`, body };
};

const descriptor = (mediaType: string, { digest, body }: Blob) => ({
  mediaType,
  digest,
  size: Buffer.byteLength(body),
});

const manifestOf = (config: Blob, layer: Blob): Manifest => ({
  mediaType: manifestType,
  ...blobOf({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configType, config),
    layers: [descriptor(layerType, layer)],
  }),
});

const buildPlatform = (repository: string, source: { url: string; commit: string }, architecture: string) => {
  const layer = blobOf(`${repository} ${source.commit} ${architecture}`);
  const config = blobOf({
    architecture,
    os: 'linux',
    config: {
      Labels: {
        'org.opencontainers.image.revision': source.commit,
        'org.opencontainers.image.source': source.url,
      },
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  return { architecture, os: 'linux', manifest: manifestOf(config, layer), blobs: [config, layer] };
};

/** The provenance that buildx pushes beside an image: a manifest of no platform, with no labels in its config. */
const buildAttestation = (repository: string, commit: string) => {
  const layer = blobOf(`provenance of ${repository} ${commit}`);
  const config = blobOf({
    architecture: 'unknown',
    os: 'unknown',
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  return { architecture: 'unknown', os: 'unknown', manifest: manifestOf(config, layer), blobs: [config, layer] };
};

/** Builds an image whose digests follow from the repository and the commit: the same commit gives the same image. */
export const buildImage = (repository: string, source: { url: string; commit: string }): BuiltImage => {
  const parts = [
    buildAttestation(repository, source.commit),
    buildPlatform(repository, source, 'amd64'),
    buildPlatform(repository, source, 'arm64'),
  ];
  const index = blobOf({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: parts.map(({ manifest, architecture, os }) => ({
      ...descriptor(manifestType, manifest),
      platform: { architecture, os },
    })),
  });
  return {
    index: { mediaType: indexType, ...index },
    children: parts.map(({ manifest }) => manifest),
    blobs: parts.flatMap(({ blobs }) => blobs),
  };
};
