import type { Snapshot } from '#shared/gitops/snapshot.ts';

/** A GitOps repository as it lies in a folder. */
export interface Repository {
  /** Its name in the configuration. */
  readonly name: string;
  /** Where it is cloned from, as far as the configuration says. */
  readonly url?: string | undefined;
  readonly snapshot: Snapshot;
}

/** The file's own folder; `''` is the root. */
export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A path seen from a folder, without `.` and `..`; undefined where it leaves the repository. */
export const pathFrom = (folder: string, path: string): string | undefined => {
  const steps: string[] = path.startsWith('/') ? [] : folder.split('/').filter((step) => step !== '');
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
};

export const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

/** What two spellings of a repository's address have in common: HTTP or SSH, with a user or `.git` or without. */
const addressOf = (url: string): string =>
  url
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?(?=[^/])/, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');

export const isSameRepository = (one: string, other: string): boolean => addressOf(one) === addressOf(other);
