import type * as z from 'zod';
import type { EventOf } from '#events/event.ts';
import { canonicalRepository, chainOf } from '#events/identity.ts';
import { type Image, purlOf } from '#events/image.ts';
import { artifactDeleted, artifactPublished, type orderSchema } from '#events/images.ts';
import type { branchPushed } from '#events/source-control.ts';
import type { Service } from '#shared/config/config.ts';
import type { ImageAction, TaggedImage } from './image-action.ts';

export type Push = EventOf<typeof branchPushed>;
export type Order = z.infer<typeof orderSchema>;
export type Source = NonNullable<Service['source']>;

const fullCommit = /(?<![0-9a-f])([0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/i;
const someCommit = /^[0-9a-f]{7,64}$/i;

export const isFullCommit = (commit: string): boolean => commit.length === 40 || commit.length === 64;

/** The commit that a tag names, whole or its beginning: by the `commit` group of a service's patterns, else a full SHA in it. */
export const claimedCommit = (tag: string, { environments }: Pick<Service, 'environments'>): string | undefined => {
  const groups = environments.flatMap(({ tags }) =>
    tags && 'pattern' in tags ? (new RegExp(tags.pattern).exec(tag)?.groups?.commit ?? []) : [],
  );
  const claimed = groups.find((group) => someCommit.test(group)) ?? fullCommit.exec(tag)?.[1];
  return claimed?.toLowerCase();
};

export const comesFrom = (source: Source, push: Push): boolean =>
  canonicalRepository(push.data.subject.content.repository.source) === canonicalRepository(source.repository);

const pushedAt = (push: Push): number => Date.parse(push.data.subject.content.pushedAt);

/**
 * Which push brought a commit: the first to the branch that the service builds, else the first to any. So a commit that was
 * merged by fast-forward is as new as the merge, and pushing an old commit once more makes it no newer.
 */
export const pushOf = (pushes: readonly Push[], { branch }: Source): Push | undefined => {
  const [first, ...others] = pushes;
  if (first === undefined) return undefined;
  const onBranch = (push: Push): boolean => push.data.subject.content.branch === branch;
  const isBefore = (a: Push, b: Push): boolean =>
    onBranch(a) === onBranch(b) ? pushedAt(a) < pushedAt(b) : onBranch(a);
  return others.reduce((best, push) => (isBefore(push, best) ? push : best), first);
};

/** The chain of an image whose commit nobody knows: of its digest, so that all tags of one image share it. */
export const ownChain = ({ repository, digest }: Pick<Image, 'repository' | 'digest'>): string =>
  chainOf(`oci://${repository}`, digest);

/** The first that is known of a digest in the registry. */
export const firstSeenOf = (seen: readonly string[]): string =>
  new Date(Math.min(...seen.map((instant) => Date.parse(instant)))).toISOString();

/** Whether an environment wants to know when an image came, also where its commit is known. */
export const ordersByRegistry = ({ environments }: Pick<Service, 'environments'>): boolean =>
  environments.some(({ tags }) => tags !== undefined && 'pattern' in tags && tags.newest === 'registry');

/** The order of an image by its commit's push or, without one, by the registry. */
export const orderOf = (push: Push | undefined, firstSeen: string): Order =>
  push ? { time: new Date(pushedAt(push)).toISOString(), basis: 'commit' } : { time: firstSeen, basis: 'registry' };

export interface Publication {
  readonly chain: string;
  readonly commit: string | undefined;
  readonly push: Push | undefined;
  readonly order: Order;
  readonly firstSeen: string | undefined;
  /** The services that use the image. Several share it without a label. */
  readonly services: readonly Pick<Service, 'name' | 'team'>[];
}

const labelsOf = (services: Publication['services']) => {
  const [service, ...others] = services;
  return others.length === 0 ? { service: service?.name, team: service?.team } : {};
};

export const published = (
  { repository, tag, digest, time }: TaggedImage,
  { chain, commit, push, order, firstSeen, services }: Publication,
): EventOf<typeof artifactPublished> => {
  const image = { repository, tag, digest };
  return artifactPublished.reported({
    by: 'ecr-events',
    identity: [repository, tag, digest, time],
    chain,
    time,
    cause: push,
    subject: { id: purlOf(image) },
    content: {},
    custom: { image, order, firstSeen, commit },
    ...labelsOf(services),
  });
};

export const deleted = (
  { repository, tag, digest, time }: ImageAction,
  chain: string,
  services: Publication['services'],
): EventOf<typeof artifactDeleted> =>
  artifactDeleted.reported({
    by: 'ecr-events',
    identity: [repository, tag, digest, time],
    chain,
    time,
    subject: { id: purlOf({ repository, tag, digest }) },
    content: {},
    custom: { repository, digest, tag },
    ...labelsOf(services),
  });
