import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import type { Image } from '#events/image.ts';
import { commitSchema } from '#events/source-control.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { type Manifest, parseConfig, parseManifest, platformManifest, revisionLabel } from './manifest.ts';

/** What the registry knows of an image. Nothing where it may not be read, as in another account without a policy for it. */
export interface Registry {
  /** The full commit in the image's `org.opencontainers.image.revision`. */
  revision(image: RegistryImage, signal: AbortSignal): Promise<string | undefined>;
  /** When the digest was pushed, RFC 3339. */
  pushedAt(image: RegistryImage, signal: AbortSignal): Promise<string | undefined>;
}

/** An image by its registry (the account and region), its repository's name in there, and its digest. */
export interface RegistryImage extends Pick<Image, 'digest'> {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** A larger config is not looked into. Bytes. */
const mostConfigBytes = 1024 * 1024;

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const notThere = new Set([
  'AccessDeniedException',
  'ImageNotFoundException',
  'LayerInaccessibleException',
  'LayersNotFoundException',
  'RepositoryNotFoundException',
]);

/** What is not there is undefined; what failed otherwise is tried again. */
const readIfThere = async <Answer>(what: string, answer: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && notThere.has(error.name)) return undefined;
    throw new Upstream(`ECR did not tell ${what}.`, { cause: error });
  }
};

/** A registry answers in its own region alone, so there is a client for each. */
export const createRegistry = (clientIn: (region: string) => Pick<ECRClient, 'send'>): Registry => {
  const place = ({ account, name }: RegistryImage) => ({ registryId: account, repositoryName: name });

  const manifestOf = async (
    image: RegistryImage,
    digest: string,
    signal: AbortSignal,
  ): Promise<Manifest | undefined> => {
    const command = new BatchGetImageCommand({
      ...place(image),
      imageIds: [{ imageDigest: digest }],
      acceptedMediaTypes: manifestTypes,
    });
    const answer = await readIfThere(
      `the manifest ${digest}`,
      clientIn(image.region).send(command, { abortSignal: signal }),
    );
    return parseManifest(answer?.images?.[0]?.imageManifest);
  };

  const labelsOf = async (image: RegistryImage, digest: string, signal: AbortSignal) => {
    const command = new GetDownloadUrlForLayerCommand({ ...place(image), layerDigest: digest });
    const answer = await readIfThere(
      `where the config ${digest} is`,
      clientIn(image.region).send(command, { abortSignal: signal }),
    );
    if (answer?.downloadUrl === undefined) return {};
    const response = await fetch(answer.downloadUrl, { signal }).catch((error: unknown): never => {
      throw new Upstream(`The config ${digest} could not be downloaded.`, { cause: error });
    });
    if (!response.ok) throw new Upstream(`The config ${digest} could not be downloaded: ${response.status}.`);
    return parseConfig(await response.text());
  };

  return {
    revision: async (image, signal) => {
      const top = await manifestOf(image, image.digest, signal);
      const child = top && platformManifest(top);
      const manifest = child ? await manifestOf(image, child, signal) : top;
      const { config } = manifest ?? {};
      const labels = config && config.size <= mostConfigBytes ? await labelsOf(image, config.digest, signal) : {};
      const named = [top?.annotations, manifest?.annotations, labels].map((found) => found?.[revisionLabel]);
      return named.map((name) => commitSchema.safeParse(name).data).find((commit) => commit !== undefined);
    },

    pushedAt: async (image, signal) => {
      const command = new DescribeImagesCommand({ ...place(image), imageIds: [{ imageDigest: image.digest }] });
      const answer = await readIfThere(
        'when the image was pushed',
        clientIn(image.region).send(command, { abortSignal: signal }),
      );
      return answer?.imageDetails?.[0]?.imagePushedAt?.toISOString();
    },
  };
};
