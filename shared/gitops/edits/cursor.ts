import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { YamlFile } from './yaml-file.ts';

/** A node of a file and the way to it, by which it is found again after the edit. */
export interface Cursor {
  readonly document: number;
  /** Keys as JavaScript sees them (a key may be a number), and indexes of lists. */
  readonly path: readonly unknown[];
  readonly node: Node;
}

export const rootsOf = (file: YamlFile): Cursor[] =>
  file.documents.flatMap(({ contents }, document) =>
    contents === null ? [] : [{ document, path: [], node: contents }],
  );

/** A key that stands in the mapping itself; what a merge key brings stands elsewhere. */
export const childOf = ({ document, path, node }: Cursor, key: string): Cursor | undefined => {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.source ?? item.key.value) === key);
  if (pair === undefined || !isScalar(pair.key) || !isNode(pair.value)) return undefined;
  return { document, path: [...path, pair.key.value], node: pair.value };
};

export const itemsOf = ({ document, path, node }: Cursor): Cursor[] =>
  isSeq(node)
    ? node.items.flatMap((item, index) => (isNode(item) ? [{ document, path: [...path, index], node: item }] : []))
    : [];

export const keysOf = ({ node }: Cursor): string[] =>
  isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.source ?? key.value)] : [])) : [];

/** `path:line` of a node. */
export const whereIs = (file: YamlFile, { node }: Cursor): string => file.at(node.range?.[0] ?? 0);
