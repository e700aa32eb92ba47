import { isScalar } from 'yaml';
import { mappingsBelow, membersOf } from './below.ts';
import { type Cursor, childOf, itemsOf } from './cursor.ts';
import { type FoundImage, foundReference } from './found-image.ts';
import { parseReference } from './reference.ts';
import { imagesInParts } from './values-images.ts';
import type { YamlFile } from './yaml-file.ts';

const lists = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** The images of a Pod's containers and volumes, wherever a workload keeps its Pod's template. */
const inPod = (mapping: Cursor): Cursor[] =>
  membersOf(mapping).flatMap(([key, list]) => {
    const images =
      lists.has(key) || key === 'volumes' ? itemsOf(list).flatMap((item) => childOf(item, 'image') ?? []) : [];
    return key === 'volumes' ? images.flatMap((image) => childOf(image, 'reference') ?? []) : images;
  });

/** An `image` of a custom resource, where it can be nothing else: with a slash, and a tag or a digest. */
const standsAlone = ({ node, path }: Cursor): boolean => {
  if (path.includes('metadata')) return false; // an annotation, which runs nothing
  if (!isScalar(node) || typeof node.value !== 'string' || /\s/.test(node.value)) return false;
  const { repository, tag, digest } = parseReference(node.value);
  return repository.includes('/') && (tag !== undefined || digest !== undefined);
};

/** Whether a document is a Kubernetes object: nothing else has both words. */
export const isManifest = (root: Cursor): boolean =>
  ['apiVersion', 'kind'].every((key) => isScalar(childOf(root, key)?.node));

/** Every image of a Kubernetes object: by its shape, so that a kind nobody here knows works too; a List is no exception. */
export const imagesInManifest = (file: YamlFile, root: Cursor): FoundImage[] => {
  const mappings = mappingsBelow(root);
  const certain = new Map(mappings.flatMap(inPod).map((image) => [image.node, image]));
  const alone = mappings
    .flatMap((mapping) => childOf(mapping, 'image') ?? [])
    .filter((image) => !certain.has(image.node) && standsAlone(image));
  return [
    ...[...certain.values(), ...alone].flatMap((image) => foundReference(file, image, 'manifest') ?? []),
    ...mappings.flatMap((mapping) => imagesInParts(file, mapping)),
  ];
};
