import { parse } from 'semver';

/** As the configuration has it. */
export type TagPolicy = { readonly semver: string } | { readonly pattern: string };

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Numbers count up; words stay. */
const counting = (text: string): string => escaped(text).replaceAll(/[0-9]+/g, '[0-9]+');

const commitPattern = (tag: string): string | undefined => {
  const [, before = '', commit = '', after = ''] = /^(|.*[-_.])([0-9a-f]{7,40})(|[-_.].*)$/.exec(tag) ?? [];
  // A commit without a letter is rare; a date, or the number of a build, is not.
  if (!/[a-f]/.test(commit)) return undefined;
  return `^${counting(before)}(?<commit>[0-9a-f]{7,40})${counting(after)}$`;
};

const guess = (tag: string): TagPolicy | undefined => {
  const version = parse(tag);
  if (version !== null) {
    // Where a pre-release runs, others of them are wanted too.
    const from = version.prerelease.length > 0 ? `${version.major}.0.0-0` : `${version.major}.0.0`;
    return { semver: `>=${from} <${version.major + 1}` };
  }
  const commit = commitPattern(tag);
  if (commit !== undefined) return { pattern: commit };
  return /[0-9]/.test(tag) ? { pattern: `^${counting(tag)}$` } : undefined;
};

/** What the tags of one image have in common, if that says which others are wanted: versions, commits, or numbers. */
export const guessTags = (tags: readonly string[]): TagPolicy | undefined => {
  const [first, ...others] = [...new Set(tags)].map(guess);
  const isSame = (one: TagPolicy | undefined): boolean => JSON.stringify(one) === JSON.stringify(first);
  return first !== undefined && others.every(isSame) && JSON.stringify(first).length < 200 ? first : undefined;
};
