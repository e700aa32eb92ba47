import * as z from 'zod';
import { AwsError } from '../../aws/aws-error.ts';
import { parseInput, serviceOf } from '../../aws/endpoint/json-service.ts';
import type { Place } from './events.ts';
import type { BuiltImage, Manifest } from './image.ts';
import { createLayerServer } from './layers.ts';

/** A tagged image, as `images()` lists it. */
export interface RegistryImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly commit: string;
  readonly pushedAt: Date;
}

interface Repository {
  readonly manifests: Map<string, Manifest & { pushedAt: Date }>;
  readonly blobs: Map<string, string>;
  readonly tags: Map<string, { digest: string; commit: string }>;
}

const imageIdSchema = z.object({ imageDigest: z.string().optional(), imageTag: z.string().optional() });

const imagesInput = z.object({ repositoryName: z.string(), imageIds: z.array(imageIdSchema).min(1).max(100) });

/** Those that are named, or a page of all. */
const listInput = z.object({
  repositoryName: z.string(),
  imageIds: z.array(imageIdSchema).min(1).max(100).optional(),
  filter: z.strictObject({ tagStatus: z.literal('TAGGED') }).optional(),
  maxResults: z.int().min(1).max(1000).default(100),
  nextToken: z.string().regex(/^\d+$/).optional(),
});

const repositoriesInput = z.object({ repositoryNames: z.array(z.string()).min(1).max(100) });

const layerInput = z.object({ repositoryName: z.string(), layerDigest: z.string() });

/** ECR's private registry of one account and region, with what Fairlead reads of its API (JSON 1.1). */
export const createRegistry = ({ account, region }: Place, names: readonly string[], now: () => Date) => {
  const domain = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const repositories = new Map<string, Repository>(
    names.map((name) => [name, { manifests: new Map(), blobs: new Map(), tags: new Map() }]),
  );
  const layers = createLayerServer((name, digest) => repositories.get(name)?.blobs.get(digest));

  const repositoryOf = (name: string): Repository => {
    const repository = repositories.get(name);
    if (repository) return repository;
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${account}'`,
    );
  };

  const find = ({ manifests, tags }: Repository, { imageDigest, imageTag }: z.infer<typeof imageIdSchema>) =>
    manifests.get(imageDigest ?? tags.get(imageTag ?? '')?.digest ?? '');

  const batchGetImage = ({ repositoryName, imageIds }: z.infer<typeof imagesInput>) => {
    const repository = repositoryOf(repositoryName);
    const found = imageIds.map((imageId) => ({ imageId, manifest: find(repository, imageId) }));
    return {
      images: found.flatMap(({ imageId, manifest }) =>
        manifest === undefined
          ? []
          : {
              registryId: account,
              repositoryName,
              imageId: { ...imageId, imageDigest: manifest.digest },
              imageManifest: manifest.body,
              imageManifestMediaType: manifest.mediaType,
            },
      ),
      failures: found.flatMap(({ imageId, manifest }) =>
        manifest === undefined
          ? { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }
          : [],
      ),
    };
  };

  const detailOf = (repositoryName: string, { tags }: Repository, manifest: Manifest & { pushedAt: Date }) => ({
    registryId: account,
    repositoryName,
    imageDigest: manifest.digest,
    imageTags: [...tags].filter(([, { digest }]) => digest === manifest.digest).map(([tag]) => tag),
    /** Seconds since 1970: how JSON 1.1 writes a time. */
    imagePushedAt: manifest.pushedAt.getTime() / 1000,
    imageManifestMediaType: manifest.mediaType,
  });

  const listImages = ({ repositoryName, filter, maxResults, nextToken = '0' }: z.infer<typeof listInput>) => {
    const repository = repositoryOf(repositoryName);
    const all = [...repository.manifests.values()]
      .map((manifest) => detailOf(repositoryName, repository, manifest))
      .filter(({ imageTags }) => filter === undefined || imageTags.length > 0);
    const end = Number(nextToken) + maxResults;
    return { imageDetails: all.slice(Number(nextToken), end), ...(end < all.length && { nextToken: String(end) }) };
  };

  const describeImages = (input: z.infer<typeof listInput>) => {
    const { repositoryName, imageIds } = input;
    if (imageIds === undefined) return listImages(input);
    const repository = repositoryOf(repositoryName);
    const imageDetails = imageIds.map((imageId) => {
      const manifest = find(repository, imageId);
      if (manifest === undefined) {
        const name = JSON.stringify(imageId);
        throw new AwsError(
          'ImageNotFoundException',
          `The image with imageId ${name} does not exist within ${repositoryName}`,
        );
      }
      return detailOf(repositoryName, repository, manifest);
    });
    return { imageDetails };
  };

  /** A build of a commit has a tag of its own: the stand-in's pipelines push none twice. */
  const describeRepositories = ({ repositoryNames }: z.infer<typeof repositoriesInput>) => ({
    repositories: repositoryNames.map((repositoryName) => {
      repositoryOf(repositoryName);
      const repositoryUri = `${domain}/${repositoryName}`;
      return { registryId: account, repositoryName, repositoryUri, imageTagMutability: 'IMMUTABLE' };
    }),
  });

  const getDownloadUrlForLayer = async ({ repositoryName, layerDigest }: z.infer<typeof layerInput>) => {
    if (!repositoryOf(repositoryName).blobs.has(layerDigest)) {
      throw new AwsError('LayersNotFoundException', `The layer ${layerDigest} is not in ${repositoryName}`);
    }
    return { layerDigest, downloadUrl: await layers.url(repositoryName, layerDigest) };
  };

  return {
    handle: serviceOf({
      BatchGetImage: parseInput(imagesInput, batchGetImage),
      DescribeImages: parseInput(listInput, describeImages),
      DescribeRepositories: parseInput(repositoriesInput, describeRepositories),
      GetDownloadUrlForLayer: parseInput(layerInput, getDownloadUrlForLayer),
    }),

    /** Stores an image under a tag. What is there already keeps the time at which it came. */
    push: (name: string, { index, children, blobs }: BuiltImage, tag: string, commit: string): void => {
      const repository = repositoryOf(name);
      for (const { digest, body } of blobs) repository.blobs.set(digest, body);
      for (const manifest of [...children, index]) {
        if (!repository.manifests.has(manifest.digest)) {
          repository.manifests.set(manifest.digest, { ...manifest, pushedAt: now() });
        }
      }
      repository.tags.set(tag, { digest: index.digest, commit });
    },

    images: (): readonly RegistryImage[] =>
      [...repositories].flatMap(([name, { manifests, tags }]) =>
        [...tags].flatMap(([tag, { digest, commit }]) => {
          const pushedAt = manifests.get(digest)?.pushedAt;
          return pushedAt ? [{ repository: `${domain}/${name}`, tag, digest, commit, pushedAt }] : [];
        }),
      ),

    close: layers.close,
  };
};

export type Registry = ReturnType<typeof createRegistry>;
