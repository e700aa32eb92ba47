import { isScalar } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, childOf, itemsOf, rootsOf, whereIs } from './cursor.ts';
import { type FoundImage, found } from './found-image.ts';
import { isEmpty, placeOf } from './place.ts';
import type { Spot } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

/** The names that Kustomize looks for, of which a folder may have one. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const textOf = (entry: Cursor, key: string): unknown => {
  const node = childOf(entry, key)?.node;
  return isScalar(node) ? node.value : undefined;
};

const onlyEntry = (file: YamlFile, repository: string): Cursor => {
  const lists = rootsOf(file).flatMap((root) => childOf(root, 'images') ?? []);
  const matches = lists
    .flatMap(itemsOf)
    .filter((entry) => textOf(entry, 'name') === repository || textOf(entry, 'newName') === repository);
  const [entry, ...others] = matches;
  if (entry === undefined) {
    const [list] = lists;
    throw new Refused(
      'no-entry',
      `${list ? whereIs(file, list) : `${file.path}:1`}: no entry of \`images\` has the name or newName ${repository}. Add one with a newTag; Fairlead changes entries, it makes none.`,
    );
  }
  if (others.length > 0) {
    const lines = matches.map((match) => whereIs(file, match)).join(', ');
    throw new Refused('ambiguous', `${lines}: ${matches.length} entries of \`images\` name ${repository}. Keep one.`);
  }
  return entry;
};

const spotOf = (file: YamlFile, entry: Cursor, repository: string): Spot => {
  const filled = (key: string): Cursor | undefined => {
    const child = childOf(entry, key);
    return child && !isEmpty(child) ? child : undefined;
  };
  const tag = filled('newTag');
  const digest = filled('digest');
  if (tag === undefined && digest === undefined)
    throw new Refused(
      'no-tag',
      `${whereIs(file, entry)}: the entry for ${repository} has neither newTag nor digest. Write the image that runs now.`,
    );
  return {
    file,
    ...(tag && { tag: placeOf(file, tag, 'newTag') }),
    ...(digest && { digest: placeOf(file, digest, 'digest') }),
  };
};

/** The entry of `images` for a repository, by `name` or `newName`. */
export const findInKustomization = (file: YamlFile, repository: string): Spot =>
  spotOf(file, onlyEntry(file, repository), repository);

/** Every entry of `images`. */
export const imagesInKustomization = (file: YamlFile): FoundImage[] =>
  rootsOf(file)
    .flatMap((root) => childOf(root, 'images') ?? [])
    .flatMap(itemsOf)
    .map((entry) => {
      const names = [textOf(entry, 'newName'), textOf(entry, 'name')].filter((name) => typeof name === 'string');
      return found(file, entry, 'kustomize', names, () => spotOf(file, entry, names[0] ?? 'an image'));
    });
