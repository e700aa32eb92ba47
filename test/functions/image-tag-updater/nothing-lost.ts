import { expect } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { imageCommitted, imageRefused } from '#events/images.ts';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { runGit } from '#local/git-server/run-git.ts';

interface Seen {
  /** Every request, once. */
  readonly requests: readonly AnyEvent[];
  /** Everything that was published, in its order and as often as it was. */
  readonly published: readonly AnyEvent[];
  /** The ids of the requests that lie in the queue, or in the failure queue with a reason. */
  readonly kept: readonly string[];
  /** Commits that somebody else made at the server. */
  readonly foreign?: readonly string[];
}

const causeOf = ({ data }: AnyEvent): string | undefined => data.context.links?.[0]?.from.contextId;

/** The commits that name each request, in the whole history. */
const commitsByRequest = async (served: ServedRepository) => {
  const commits = await served.commits('0', (await served.head()) ?? '0', 10_000);
  const named = commits.flatMap(({ id, message }) =>
    [...message.matchAll(/^Fairlead-Event: (.*)$/gm)].map(([, request = '']) => ({ request, id })),
  );
  return { ids: commits.map(({ id }) => id), named: Map.groupBy(named, ({ request }) => request) };
};

/**
 * What holds after any fault: the server's repository is sound and only grew; each request is in exactly one commit, or was
 * refused, or is kept; what was published is the same, byte for byte, however often; and it tells the truth.
 */
export const expectNothingLost = async (
  served: ServedRepository,
  { requests, published, kept, foreign = [] }: Seen,
): Promise<void> => {
  await runGit(served.directory, ['fsck', '--full', '--strict', '--no-dangling']);
  const { ids, named } = await commitsByRequest(served);
  expect(ids).toEqual(expect.arrayContaining([...foreign]));
  for (const { id } of requests) {
    const commits = named.get(id) ?? [];
    expect(commits.length).toBeLessThanOrEqual(1);
    const told = published.filter((event) => causeOf(event) === id);
    const committed = told.filter(imageCommitted.is);
    expect(new Set(committed.map((event) => JSON.stringify(event))).size).toBeLessThanOrEqual(1);
    expect(new Set(told.map((event) => event.id)).size).toBeLessThanOrEqual(2);
    const [event] = committed;
    if (event === undefined) {
      // Nobody has heard of a commit: then somebody will, or was told why there is none.
      if (!kept.includes(id)) {
        expect(commits).toEqual([]);
        expect(told.some(imageRefused.is)).toBe(true);
      }
      continue;
    }
    const { gitops, changed } = event.data.subject.content;
    expect(ids).toContain(gitops.revision);
    if (changed) expect(commits.map((commit) => commit.id)).toEqual([gitops.revision]);
  }
};
