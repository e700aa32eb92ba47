import { isScalar } from 'yaml';
import type { Written } from '../intent.ts';
import { Refused } from '../refused.ts';
import { type Cursor, whereIs } from './cursor.ts';
import { keyOf } from './key-of.ts';
import { isEmpty, placeOf } from './place.ts';
import { parseReference } from './reference.ts';
import { type Spot, writtenAt } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

/** What kind of place says it. */
export type Format = 'kustomize' | 'helm' | 'manifest' | 'argocd' | 'marker';

/** One place in a file that says which image runs. */
export interface FoundImage {
  readonly format: Format;
  readonly path: string;
  readonly line: number;
  /**
   * What names this very place in a configuration, beside its file: `spec.template.spec.containers[0].image`. Refused there
   * where several documents of the file have it.
   */
  readonly key: string;
  /** The names it goes by, without tag and digest: first what runs. None where the file does not tell. */
  readonly repositories: readonly string[];
  /** What it says now, as far as that can be told. */
  readonly written: Written;
  /** Its bytes, or why they can't be edited. */
  readonly spot: Spot | Refused;
  /** Flux's marker behind it names this policy. */
  readonly policy?: string | undefined;
}

/** What is read without throwing: the value, or the refusal. */
export const orRefused = <T>(read: () => T): T | Refused => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
};

/** A scalar's text, also where an alias stands for it. */
export const textAt = (_file: YamlFile, { node }: Cursor): string | undefined => {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
};

/** `path:line`, taken apart. */
export const lineOf = (where: string): number => Number(where.slice(where.lastIndexOf(':') + 1));

/** A place with everything that is told of it; `at` is where people look for it. */
export const found = (
  file: YamlFile,
  at: Cursor,
  format: Format,
  repositories: readonly string[],
  read: () => Spot,
): FoundImage => {
  const spot = orRefused(read);
  return {
    format,
    path: file.path,
    line: lineOf(whereIs(file, at)),
    key: [file.around?.key, keyOf(file, at)].filter(Boolean).join('.'),
    repositories,
    written: spot instanceof Refused ? {} : writtenAt(spot),
    spot,
  };
};

/** A scalar that holds a whole reference; undefined where it is empty or no scalar. */
export const foundReference = (file: YamlFile, at: Cursor, format: Format): FoundImage | undefined => {
  const text = textAt(file, at);
  if (text === undefined || text === '' || isEmpty(at)) return undefined;
  const { repository, tag, digest } = parseReference(text);
  // Kustomize's short form says which name it replaces: `name=new-name:tag`.
  const names = repository.includes('{{') ? [] : repository.split('=').reverse();
  return found(file, at, format, names, () => {
    const reference = placeOf(file, at, 'the image');
    if (tag === undefined && digest === undefined)
      throw new Refused(
        'no-tag',
        `${reference.where}: ${text} has no tag. Write the image that runs now, with its tag.`,
      );
    return { file, reference };
  });
};
