import { mappingsBelow, membersOf } from './below.ts';
import { type Cursor, childOf } from './cursor.ts';
import { type FoundImage, found, foundReference, textAt } from './found-image.ts';
import { keyOf } from './key-of.ts';
import { placeOf } from './place.ts';
import { parseReference } from './reference.ts';
import { inMapping } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

const textOf = (file: YamlFile, mapping: Cursor, key: string): string | undefined => {
  const child = childOf(mapping, key);
  return child && (textAt(file, child) || undefined);
};

/** `repository` with `tag` or `digest` beside it, as charts have it. */
export const imagesInParts = (file: YamlFile, mapping: Cursor): FoundImage[] => {
  const repository = textOf(file, mapping, 'repository');
  if (repository === undefined || !['tag', 'digest'].some((key) => childOf(mapping, key))) return [];
  const registry = textOf(file, mapping, 'registry');
  const names = registry ? [`${registry}/${repository}`] : [repository];
  const known = names[0]?.includes('{{') ? [] : names;
  return [found(file, mapping, 'helm', known, () => inMapping(file, keyOf(file, mapping), mapping, names[0] ?? ''))];
};

/** `image: name` with `tag` or `imageTag` beside it, as older charts have it. */
const besideName = (file: YamlFile, mapping: Cursor): FoundImage[] => {
  const name = textOf(file, mapping, 'image');
  const tag = childOf(mapping, 'tag') ?? childOf(mapping, 'imageTag');
  if (name === undefined || tag === undefined || !textAt(file, tag) || /[@{]|:[^/]*$/.test(name)) return [];
  return [found(file, tag, 'helm', [name], () => ({ file, tag: placeOf(file, tag, 'the tag') }))];
};

const isReference = (text: string | undefined): boolean => {
  if (text === undefined || /\s/.test(text)) return false;
  const { repository, tag, digest } = parseReference(text);
  return repository !== '' && (Boolean(tag) || digest !== undefined);
};

/** `image: name:tag`, also as `sidecarImage` and the like. */
const wholeReferences = (file: YamlFile, mapping: Cursor): FoundImage[] =>
  membersOf(mapping)
    .filter(([key, value]) => /(^i|I)mage$/.test(key) && isReference(textAt(file, value)))
    .flatMap(([, value]) => foundReference(file, value, 'helm') ?? []);

/** Every image of Helm values, or of a part of them. */
export const imagesInValues = (file: YamlFile, root: Cursor): FoundImage[] =>
  mappingsBelow(root).flatMap((mapping) => [
    ...imagesInParts(file, mapping),
    ...besideName(file, mapping),
    ...wholeReferences(file, mapping),
  ]);
