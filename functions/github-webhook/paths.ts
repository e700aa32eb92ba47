import { mostPaths } from '#events/source-control.ts';

/** GitHub lists at most so many commits of a push, and so many files of a commit. */
const mostCommits = 2048;
const mostFiles = 3000;

/** Of the 64 KiB that an event may have, in bytes of JSON; the rest of a push needs less than 16 KiB. */
const mostBytes = 48 * 1024;

const longestPath = 1024;

interface Commit {
  readonly id: string;
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
}

export interface PushedCommits {
  readonly after: string;
  /** Absent where the branch is new. */
  readonly before: string | undefined;
  readonly forced: boolean;
  readonly commits: readonly Commit[];
}

const filesOf = ({ added, modified, removed }: Commit): readonly string[] => [...added, ...modified, ...removed];

/** Of a commit that is too large GitHub lists nothing, which looks like an empty one: both may have changed anything. */
const lists = (commit: Commit): boolean => {
  const { length } = filesOf(commit);
  return length > 0 && length < mostFiles;
};

/**
 * Whether the commits tell everything that changed between before and after. Those of a new branch start nowhere in
 * particular, and a forced push takes away commits that it doesn't list.
 */
const isComplete = ({ before, after, forced, commits }: PushedCommits): boolean =>
  before !== undefined &&
  !forced &&
  commits.length < mostCommits &&
  commits.some(({ id }) => id === after) &&
  commits.every(lists);

/** The union of what the commits of a push added, modified and removed, within the bounds of an event. */
export const pathsOf = (push: PushedCommits): { changed: string[]; truncated: boolean } => {
  const all = new Set(push.commits.flatMap(filesOf));
  const changed: string[] = [];
  let bytes = 0;
  for (const path of all) {
    const size = Buffer.byteLength(JSON.stringify(path)) + 1;
    if (path.length > longestPath || bytes + size > mostBytes) continue;
    if (changed.push(path) === mostPaths) break;
    bytes += size;
  }
  return { changed, truncated: changed.length < all.size || !isComplete(push) };
};
