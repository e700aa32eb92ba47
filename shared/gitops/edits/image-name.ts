import { isScalar, type Node } from 'yaml';
import { type Cursor, childOf, keysOf, valuesIn } from './cursor.ts';
import { parseReference } from './reference.ts';
import type { YamlFile } from './yaml-file.ts';

/** A name of an image in a mapping, and the scalar that says it. */
export interface ImageName {
  readonly name: string;
  readonly node: Node;
}

/** Where charts and Kustomize name the image whose tag or digest stands under a key; what comes first counts. */
const keysBeside: ReadonlyMap<string, readonly string[]> = new Map([
  ['tag', ['repository', 'image', 'name']],
  ['imageTag', ['imageRepository', 'imageName', 'image']],
  ['digest', ['repository', 'newName', 'image', 'name']],
  ['newTag', ['newName', 'name']],
]);

/** Kustomize's entries go by two names: what manifests say, and what runs instead. */
const otherNames: ReadonlyMap<string, string> = new Map([['newName', 'name']]);

/** Keys that say a tag. */
export const tagKeys = ['tag', 'imageTag', 'newTag'];

export const textIn = (file: YamlFile, holder: Node, key: string): ImageName | undefined => {
  const [node] = valuesIn(file, holder, key);
  return isScalar(node) && typeof node.value === 'string' && node.value !== '' ? { name: node.value, node } : undefined;
};

/** A bare `name` is a container's as often as an image's: only Kustomize's says for certain, and one with a registry beside. */
const isImage = (key: string, beside: string, name: string, hasRegistry: boolean): boolean =>
  beside !== 'name' || key === 'newTag' || hasRegistry || name.includes('/');

/** An image that goes by several names. */
interface NamedImage extends ImageName {
  readonly alias?: string | undefined;
}

/** The image that the mapping around a tag or digest speaks of, if it says so, with its registry where that stands apart. */
export const imageNameBeside = (file: YamlFile, holder: Node, key: string): NamedImage | undefined => {
  const registry = key === 'newTag' ? undefined : textIn(file, holder, 'registry');
  for (const beside of keysBeside.get(key) ?? []) {
    const found = textIn(file, holder, beside);
    if (found === undefined || !isImage(key, beside, found.name, registry !== undefined)) continue;
    const name = beside === 'repository' ? found.name : parseReference(found.name).repository;
    const other = otherNames.get(beside);
    return {
      name: registry ? `${registry.name}/${name}` : name,
      node: found.node,
      alias: other && textIn(file, holder, other)?.name,
    };
  }
  return undefined;
};

const digestKey = /^(digest\w*|sha(256)?)$/i;

/** Whatever pins an image in a mapping, under the names that charts have for it: `digest`, `sha`, `digestChroot`. */
export const digestsIn = (file: YamlFile, node: Node): Node[] => {
  const holder: Cursor = { file, document: 0, path: [], node };
  return keysOf(holder)
    .filter((key) => digestKey.test(key))
    .flatMap((key) => childOf(holder, key)?.node ?? [])
    .filter((digest) => isScalar(digest) && Boolean(digest.value));
};
