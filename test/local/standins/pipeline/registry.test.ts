import { createHash } from 'node:crypto';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { BatchGetImageCommand, DescribeImagesCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitOf, domain, type PipelineWorld, repositoryUrl, startPipelines } from './world.ts';

const commit = commitOf('abc1');
const repositoryName = 'checkout';
let world: PipelineWorld;

beforeAll(async () => {
  world = await startPipelines({ now: () => new Date('2026-11-23T09:34:11.500Z') });
  const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue: commit }];
  await world.codepipeline.send(new StartPipelineExecutionCommand({ name: 'checkout', sourceRevisions }));
  await world.standin.idle();
});
afterAll(() => world.close());

const manifest = async (imageId: { imageTag: string } | { imageDigest: string }) => {
  const { images } = await world.ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [imageId] }));
  return { digest: images![0]!.imageId!.imageDigest!, text: images![0]!.imageManifest! };
};

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('an image that was built', () => {
  test('is listed with its commit', () => {
    const [image] = world.standin.images();
    expect(image).toMatchObject({ repository: `${domain}/checkout`, tag: 'main-abc100000000', commit });
  });

  test('is an index of manifests whose digests are those of their bytes, down to a config with the commit', async () => {
    const index = await manifest({ imageTag: 'main-abc100000000' });
    expect(sha256(index.text)).toBe(index.digest);
    const platforms = JSON.parse(index.text).manifests;
    expect(platforms.map((one: { platform: { os: string } }) => one.platform.os)).toEqual([
      'unknown',
      'linux',
      'linux',
    ]);

    const child = await manifest({ imageDigest: platforms[1].digest });
    expect(sha256(child.text)).toBe(child.digest);
    const layerDigest = JSON.parse(child.text).config.digest;
    const { downloadUrl } = await world.ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
    const config = await (await fetch(downloadUrl!)).text();
    expect(sha256(config)).toBe(layerDigest);
    expect(JSON.parse(config).config.Labels).toEqual({
      'org.opencontainers.image.revision': commit,
      'org.opencontainers.image.source': repositoryUrl,
    });
  });

  test('is described with its tags and when it was pushed', async () => {
    const imageIds = [{ imageTag: 'main-abc100000000' }];
    const { imageDetails } = await world.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }));
    expect(imageDetails).toMatchObject([
      { imageTags: ['main-abc100000000'], imagePushedAt: new Date('2026-11-23T09:34:11.500Z') },
    ]);
  });

  test('has the digest that its events name: those of its parts without a tag', () => {
    const { digest } = world.standin.images()[0]!;
    const pushes = world.events.filter(({ source }) => source === 'aws.ecr').map(({ detail }) => detail);
    expect(pushes.map((detail) => 'image-tag' in detail)).toEqual([false, false, false, true]);
    expect(pushes.at(-1)).toMatchObject({ 'image-digest': digest, 'repository-name': 'checkout', result: 'SUCCESS' });
  });

  test('is the same whenever and wherever its commit is built', async () => {
    const other = await startPipelines();
    const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue: commit }];
    await other.codepipeline.send(new StartPipelineExecutionCommand({ name: 'checkout', sourceRevisions }));
    await other.standin.idle();
    expect(other.standin.images()[0]!.digest).toBe(world.standin.images()[0]!.digest);
    await other.close();
  });
});

test('what is not there is told by the names that AWS has for it', async () => {
  const imageIds = [{ imageTag: 'none' }];
  const { failures } = await world.ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
  expect(failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
  await expect(world.ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }))).rejects.toMatchObject({
    name: 'ImageNotFoundException',
  });
  const elsewhere = { repositoryName: 'nobody', imageIds };
  await expect(world.ecr.send(new BatchGetImageCommand(elsewhere))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
  const layer = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: sha256('nothing') });
  await expect(world.ecr.send(layer)).rejects.toMatchObject({ name: 'LayersNotFoundException' });
});
