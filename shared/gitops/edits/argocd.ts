import { isScalar } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, childOf, itemsOf, rootsOf } from './cursor.ts';
import { readEmbedded } from './embedded.ts';
import { type FoundImage, found, foundReference, orRefused } from './found-image.ts';
import { keyOf } from './key-of.ts';
import { imagesInParameters } from './parameters.ts';
import { imagesInValues } from './values-images.ts';
import type { YamlFile } from './yaml-file.ts';

const textOf = (root: Cursor, key: string): string => {
  const node = childOf(root, key)?.node;
  return isScalar(node) ? String(node.value) : '';
};

const at = (from: Cursor | undefined, ...keys: readonly string[]): Cursor | undefined =>
  keys.reduce<Cursor | undefined>((cursor, key) => cursor && childOf(cursor, key), from);

/** The `spec` of an application, which an ApplicationSet has in its template. */
const specOf = (root: Cursor): Cursor | undefined => {
  if (!textOf(root, 'apiVersion').startsWith('argoproj.io/')) return undefined;
  switch (textOf(root, 'kind')) {
    case 'Application':
      return at(root, 'spec');
    case 'ApplicationSet':
      return at(root, 'spec', 'template', 'spec');
    default:
      return undefined;
  }
};

/** The images of Helm values that are written into a manifest as a string. */
export const imagesInString = (file: YamlFile, string: Cursor): FoundImage[] => {
  if (!isScalar(string.node) || !string.node.value) return [];
  const inner = orRefused(() => readEmbedded(file, string));
  if (inner instanceof Refused)
    return [
      found(file, string, 'helm', [], () => {
        throw inner;
      }),
    ];
  return rootsOf(inner).flatMap((root) => imagesInValues(inner, root));
};

const imagesInSource = (file: YamlFile, source: Cursor): FoundImage[] => {
  const helm = at(source, 'helm');
  const [object, string, parameters] = ['valuesObject', 'values', 'parameters'].map((key) => at(helm, key));
  const images = at(source, 'kustomize', 'images');
  // Argo CD does not look at the string where there is an object.
  const values = object ? imagesInValues(file, object) : string ? imagesInString(file, string) : [];
  const root = object ?? string;
  const prefix = root ? `${keyOf(file, root)}.` : '';
  const overridden = new Map(values.map(({ key, repositories }) => [key.slice(prefix.length), repositories]));
  return [
    ...values,
    ...(parameters ? imagesInParameters(file, parameters, overridden) : []),
    ...(images ? itemsOf(images).flatMap((item) => foundReference(file, item, 'argocd') ?? []) : []),
  ];
};

/** The images that an Argo CD `Application` or `ApplicationSet` sets; undefined where it is neither. */
export const imagesInApplication = (file: YamlFile, root: Cursor): FoundImage[] | undefined => {
  const spec = specOf(root);
  if (spec === undefined) return undefined;
  const single = at(spec, 'source');
  const several = at(spec, 'sources');
  const sources = [...(single ? [single] : []), ...(several ? itemsOf(several) : [])];
  return sources.flatMap((source) => imagesInSource(file, source));
};
