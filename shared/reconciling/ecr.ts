import type { AnyEvent } from '#events/event.ts';
import { deriveId } from '#events/identity.ts';
import { artifactPublished } from '#events/images.ts';
import type { Service } from '#shared/config/config.ts';

/** A repository of ECR, by the name that a configuration gives it. */
export interface EcrRepository {
  readonly account: string;
  readonly region: string;
  /** Inside its registry. */
  readonly name: string;
  /** With the registry's host. */
  readonly repository: string;
}

export interface PushedImage extends EcrRepository {
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601: when the registry got the digest. */
  readonly pushedAt: string;
}

const host = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/;

/** Undefined for an image that is not in ECR. */
export const ecrRepositoryOf = (repository: string): EcrRepository | undefined => {
  const [, account, region, name] = host.exec(repository) ?? [];
  return account && region && name ? { account, region, name, repository } : undefined;
};

/** Each repository of ECR that services have images in, once. */
export const ecrRepositoriesOf = (services: readonly Pick<Service, 'images'>[]): EcrRepository[] =>
  [...new Set(services.flatMap(({ images }) => Object.values(images)))]
    .map(ecrRepositoryOf)
    .filter((one) => one !== undefined);

/** An image so new may be on its way still: it waits for its push, and is retried. Milliseconds. */
export const grace = 15 * 60 * 1000;

/** Whether of the events about an image one tells that it is there. */
export const isToldOf = (events: readonly AnyEvent[]): boolean => events.some(artifactPublished.is);

/**
 * The event that ECR should have sent (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html). Its id is
 * derived, so that ecr-events takes it once, whoever reconciles. The time at which the tag was pushed nobody knows any more.
 */
export const imageActionOf = ({ account, region, name, repository, tag, digest, pushedAt }: PushedImage) => ({
  version: '0',
  id: deriveId('ECR Image Action', repository, tag, digest, pushedAt),
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  account,
  time: pushedAt,
  region,
  resources: [],
  detail: {
    result: 'SUCCESS',
    'action-type': 'PUSH',
    'repository-name': name,
    'image-digest': digest,
    'image-tag': tag,
  },
});
