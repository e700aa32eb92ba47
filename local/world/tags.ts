import semver from 'semver';
import type { Environment } from '#shared/config/config.ts';

/** The tags that a pipeline could make of a commit and its number, the likeliest first. */
const candidates = (branch: string, commit: string, n: number): string[] => [
  `${branch}-${commit}`,
  `${branch}-${commit.slice(0, 7)}`,
  commit,
  commit.slice(0, 7),
  `sha-${commit}`,
  `v1.0.${n}`,
  `1.0.${n}`,
  `${branch}-${n}`,
  `build-${n}`,
];

const inRange = (range: string, n: number): string | undefined => {
  const lowest = semver.minVersion(range);
  if (lowest === null) return undefined;
  const version = `${lowest.major}.${lowest.minor}.${lowest.patch + n}`;
  return semver.satisfies(version, range) ? version : undefined;
};

/** How a pipeline tags the n-th image, so that an environment with this policy wants it. Throws where it can't. */
export const taggerFor = (branch: string, environments: readonly Environment[]) => {
  const policies = environments.flatMap(({ tags }) => tags ?? []);
  return (commit: string, n: number): string => {
    const ranges = policies.flatMap((policy) => ('semver' in policy ? [policy.semver] : []));
    const patterns = policies.flatMap((policy) => ('pattern' in policy ? [new RegExp(policy.pattern)] : []));
    const version = ranges[0] && inRange(ranges[0], n);
    const tag =
      version ?? candidates(branch, commit, n).find((candidate) => patterns.every((one) => one.test(candidate)));
    if (tag !== undefined) return tag;
    throw new Error(`The stand-in of the pipeline can make no tag that ${patterns.join(' and ')} matches.`);
  };
};
