import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised } = findingsIn('registry');

/** A repository of ECR, by its parts. */
export interface EcrRepository {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

const shape = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/;

/** Undefined for an image of another registry. */
export const ecrRepositoryOf = (image: string): EcrRepository | undefined => {
  const [, account, region, name] = shape.exec(image) ?? [];
  return account === undefined || region === undefined || name === undefined ? undefined : { account, region, name };
};

/** `mutability` as ECR tells it (`IMMUTABLE`, `MUTABLE`, …); undefined where there is no such repository. */
export const judgeRepository = (
  image: string,
  { account, region, name }: EcrRepository,
  mutability: string | undefined,
): Finding[] => {
  if (mutability === undefined)
    return [
      missing(
        `there is no repository ${name} in ECR of account ${account}, ${region}`,
        `Correct the service's images, or make it: aws ecr create-repository --region ${region} --repository-name ${name} --image-tag-mutability IMMUTABLE`,
      ),
    ];
  if (mutability.startsWith('IMMUTABLE')) return [ok(`${image} is there, and its tags stay`)];
  return [
    advised(
      `the tags of ${image} can be pushed again: Git would not change, and the new image is refused`,
      `aws ecr put-image-tag-mutability --region ${region} --repository-name ${name} --image-tag-mutability IMMUTABLE`,
    ),
  ];
};
