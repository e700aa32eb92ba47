import { DescribeImagesCommand, type DescribeImagesCommandOutput, type ECRClient } from '@aws-sdk/client-ecr';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type EcrRepository, imageActionOf, type PushedImage } from '#shared/reconciling/ecr.ts';

/** ECR lists in no order, so all of a repository has to be looked through: 20,000 images at most. */
const mostPages = 20;
const pageSize = 1000;

/** The registries, and the function that ECR should have told. Errors are the SDK's. */
export interface LostImages {
  /** The tagged images that a repository got since a moment (milliseconds since 1970), the oldest first. */
  pushed(
    repository: EcrRepository,
    since: number,
    signal?: AbortSignal,
  ): Promise<{ images: PushedImage[]; complete: boolean }>;
  /** Gives ecr-events the event that ECR should have sent. Twice is as good as once. */
  tell(image: PushedImage, signal?: AbortSignal): Promise<void>;
}

interface Dependencies {
  /** A registry answers in its own region alone. */
  readonly registryIn: (region: string) => Pick<ECRClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly stage: string;
}

const order = (a: PushedImage, b: PushedImage): number => Date.parse(a.pushedAt) - Date.parse(b.pushedAt);

export const createLostImages = ({ registryIn, lambda, stage }: Dependencies): LostImages => ({
  pushed: async (repository, since, signal) => {
    const images: PushedImage[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const command = new DescribeImagesCommand({
        registryId: repository.account,
        repositoryName: repository.name,
        filter: { tagStatus: 'TAGGED' },
        maxResults: pageSize,
        nextToken,
      });
      const answer: DescribeImagesCommandOutput = await registryIn(repository.region).send(command, {
        ...(signal && { abortSignal: signal }),
      });
      for (const { imageDigest: digest, imageTags = [], imagePushedAt } of answer.imageDetails ?? []) {
        if (digest === undefined || imagePushedAt === undefined || imagePushedAt.getTime() < since) continue;
        images.push(...imageTags.map((tag) => ({ ...repository, tag, digest, pushedAt: imagePushedAt.toISOString() })));
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return { images: images.sort(order), complete: nextToken === undefined };
  },

  tell: async (image, signal) => {
    const command = new InvokeCommand({
      FunctionName: `fairlead-${stage}-ecr-events`,
      InvocationType: 'Event',
      Payload: JSON.stringify(imageActionOf(image)),
    });
    await lambda.send(command, { ...(signal && { abortSignal: signal }) });
  },
});
