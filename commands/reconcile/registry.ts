import { DescribeImagesCommand, type DescribeImagesCommandOutput, type ECRClient } from '@aws-sdk/client-ecr';
import type { EcrRepository, PushedImage } from './ecr.ts';

/** ECR lists in no order, so all of a repository has to be looked through: 20,000 images at most. */
const mostPages = 20;
const pageSize = 1000;

/** The tagged images that a repository got since a moment (milliseconds since 1970), the oldest first. */
export const listPushed = async (
  client: Pick<ECRClient, 'send'>,
  repository: EcrRepository,
  since: number,
): Promise<{ images: PushedImage[]; complete: boolean }> => {
  const images: PushedImage[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer: DescribeImagesCommandOutput = await client.send(
      new DescribeImagesCommand({
        registryId: repository.account,
        repositoryName: repository.name,
        filter: { tagStatus: 'TAGGED' },
        maxResults: pageSize,
        nextToken,
      }),
    );
    for (const { imageDigest: digest, imageTags = [], imagePushedAt } of answer.imageDetails ?? []) {
      if (digest === undefined || imagePushedAt === undefined || imagePushedAt.getTime() < since) continue;
      images.push(...imageTags.map((tag) => ({ ...repository, tag, digest, pushedAt: imagePushedAt.toISOString() })));
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  images.sort((a, b) => Date.parse(a.pushedAt) - Date.parse(b.pushedAt));
  return { images, complete: nextToken === undefined };
};
