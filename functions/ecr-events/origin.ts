import { chainOf } from '#events/identity.ts';
import type { Service } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { claimedCommit, comesFrom, isFullCommit, ownChain, type Push, pushOf, type Source } from './decide.ts';
import type { TaggedImage } from './image-action.ts';
import type { Registry } from './registry.ts';

/** Where an image comes from, as far as it is known by now. */
export interface Origin {
  readonly chain: string;
  readonly commit: string | undefined;
  readonly push: Push | undefined;
  /** Why waiting may tell more: a commit is named, and its push is not in the log. */
  readonly missing?: string;
}

interface Dependencies {
  readonly deliveries: Pick<Deliveries, 'pushes'>;
  /** The commit in the image's label. Asked for only where the tag does not tell. */
  readonly revision: Registry['revision'];
}

interface Candidate {
  readonly source: Source;
  /** The commit that the tag names, whole or its beginning. */
  readonly claim: string | undefined;
}

/** Services of one repository and branch that read the same commit from the tag are one candidate. */
const candidatesOf = (tag: string, services: readonly Service[]): readonly Candidate[] => {
  const all = services.flatMap((service) =>
    service.source ? { source: service.source, claim: claimedCommit(tag, service) } : [],
  );
  return [
    ...new Map(
      all.map((each) => [JSON.stringify([each.source.repository, each.source.branch, each.claim]), each]),
    ).values(),
  ];
};

export const createOrigins = ({ deliveries, revision }: Dependencies) => {
  const pushesOf = async (source: Source, commit: string): Promise<readonly Push[]> =>
    (await deliveries.pushes(commit)).filter((push) => comesFrom(source, push));

  /** Only one commit may begin with what the tag names. */
  const fromLog = async ({ source, claim }: Candidate): Promise<Origin | undefined> => {
    if (claim === undefined) return undefined;
    const pushes = await pushesOf(source, claim);
    const commits = new Set(pushes.map(({ data }) => data.subject.content.commit));
    const [commit] = commits;
    if (commits.size !== 1 || commit === undefined) return undefined;
    return { chain: chainOf(source.repository, commit), commit, push: pushOf(pushes, source) };
  };

  const withCommit = async ({ source }: Candidate, commit: string): Promise<Origin> => {
    const push = pushOf(await pushesOf(source, commit), source);
    const missing = push ? {} : { missing: `the push of ${commit} is not in the log` };
    return { chain: chainOf(source.repository, commit), commit, push, ...missing };
  };

  return async (image: TaggedImage, services: readonly Service[], signal: AbortSignal): Promise<Origin> => {
    const own = { chain: ownChain(image), commit: undefined, push: undefined };
    const candidates = candidatesOf(image.tag, services);
    if (candidates.length === 0) return own;

    for (const candidate of candidates) {
      const found = await fromLog(candidate);
      if (found) return found;
    }
    for (const candidate of candidates) {
      if (candidate.claim && isFullCommit(candidate.claim)) return withCommit(candidate, candidate.claim);
    }

    const labelled = await revision(image, signal);
    const candidate = labelled && candidates.find(({ claim }) => claim === undefined || labelled.startsWith(claim));
    if (candidate) return withCommit(candidate, labelled);
    const named = candidates.find(({ claim }) => claim !== undefined);
    return named ? { ...own, missing: `the push of a commit that begins with ${named.claim} is not in the log` } : own;
  };
};
