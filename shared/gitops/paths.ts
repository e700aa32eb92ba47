import { Refused } from './refused.ts';

const isControl = (character: string): boolean => character < ' ' || character === '\u007f';

/** A path as Git spells it, from the repository's root (`''` is the root itself). One that leaves it is refused. */
export const repositoryPath = (path: string): string => {
  const segments = path.split('/').filter((segment) => segment !== '.');
  while (segments.at(-1) === '') segments.pop();
  const leaves = segments.some((segment) => segment === '' || segment === '..' || segment.toLowerCase() === '.git');
  if (leaves || [...path].some(isControl) || path.includes('\\'))
    throw new Refused(
      'unsafe-path',
      `${JSON.stringify(path)} leaves the GitOps repository. Give a path relative to its root, with "/" and without "..".`,
    );
  return segments.join('/');
};

/** The folders above a path, outermost first. */
export const foldersAbove = (path: string): string[] => {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, at) => segments.slice(0, at + 1).join('/'));
};
