import { mappingsBelow, scalarsBelow } from './below.ts';
import { type Cursor, childOf } from './cursor.ts';
import { type FoundImage, found, foundReference, textAt } from './found-image.ts';
import { imageNameBeside } from './image-name.ts';
import { keyOf } from './key-of.ts';
import { parseReference } from './reference.ts';
import { inMapping } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

const textOf = (file: YamlFile, mapping: Cursor, key: string): string | undefined => {
  const child = childOf(mapping, key);
  return child && (textAt(file, child) || undefined);
};

/** Also with a template in it: that it can't be edited is told of the place that it is. */
const isReference = (text = ''): boolean => {
  const plain = text.replace(/\{\{.*?\}\}/g, 'template');
  if (/\s/.test(plain)) return false;
  const { repository, tag, digest } = parseReference(plain);
  return repository !== '' && (Boolean(tag) || digest !== undefined);
};

/** Keys of charts; Kustomize's `newTag` is none of theirs. */
const partKeys = ['tag', 'imageTag', 'digest'];

/** A tag or digest with a name of the image beside it, as charts have it: `repository`, `registry`, `image` and others. */
export const imagesInParts = (file: YamlFile, mapping: Cursor): FoundImage[] => {
  const part = partKeys.find((key) => childOf(mapping, key));
  const name = part && imageNameBeside(file, mapping.node, part)?.name;
  const isWhole = isReference(textOf(file, mapping, 'image')) && textOf(file, mapping, 'repository') === undefined;
  if (part === undefined || name === undefined || isWhole) return [];
  const at = mapping.path.length > 0 ? mapping : childOf(mapping, part); // the root has no key
  const names = name.includes('{{') ? [] : [name];
  return at ? [found(file, at, 'helm', names, () => inMapping(file, keyOf(file, at), mapping, name))] : [];
};

const withRegistry =
  /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:\d))(:\d{1,5})?\/[a-z0-9._/-]+(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/** `image: name:tag`, also as `sidecarImage`; under any other key, or in a list, only where a registry leaves no doubt. */
const isWholeReference = (file: YamlFile, scalar: Cursor): boolean => {
  const text = textAt(file, scalar);
  return isReference(text) && (/(^i|I)mage$/.test(String(scalar.path.at(-1))) || withRegistry.test(text ?? ''));
};

/** Every image of Helm values, or of a part of them. */
export const imagesInValues = (file: YamlFile, root: Cursor): FoundImage[] => [
  ...mappingsBelow(root).flatMap((mapping) => imagesInParts(file, mapping)),
  ...scalarsBelow(root)
    .filter((scalar) => isWholeReference(file, scalar))
    .flatMap((scalar) => foundReference(file, scalar, 'helm') ?? []),
];
