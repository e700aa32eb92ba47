import type { Written } from '../intent.ts';

/** `[registry[:port]/]name[:tag][@digest]`, taken apart without judging its parts. */
export interface Reference extends Written {
  readonly repository: string;
}

export const parseReference = (text: string): Reference => {
  const [name = '', digest] = text.split('@', 2);
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { repository: name, digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
};

/** A tag that stands alone, perhaps with a digest behind it: charts and Kustomize append it to the name as it is. */
export const parseTag = (text: string): Written => {
  const [tag = '', digest] = text.split('@', 2);
  return { tag: tag === '' ? undefined : tag, digest };
};

/** Docker Hub's images go by several names. */
export const canonical = (name: string): string => name.replace(/^(index\.)?docker\.io\/(library\/)?/, '');

/** Whether a name in a file means this repository: the whole of it, or its end where the registry stands elsewhere. */
export const meansRepository = (name: string, repository: string): boolean =>
  name === repository || (name !== '' && repository.endsWith(`/${name}`));
