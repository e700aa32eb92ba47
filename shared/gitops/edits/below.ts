import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { Cursor } from './cursor.ts';
import { keyText } from './graph.ts';

/** What stands here itself, or the scalar that an alias here means. Other aliases are met at their anchors. */
const standing = ({ file }: Cursor, node: unknown): Node | undefined => {
  if (!isNode(node)) return undefined;
  const target = file.graph.targetOf(node);
  return target === node || isScalar(target) ? target : undefined;
};

/** What stands in a mapping itself, each with its key, and nothing that a merge key brings. */
export const membersOf = (cursor: Cursor): [string, Cursor][] =>
  isMap(cursor.node)
    ? cursor.node.items.flatMap(({ key, value }): [string, Cursor][] => {
        const [name, node] = [keyText(key), standing(cursor, value)];
        return name === undefined || node === undefined
          ? []
          : [[name, { ...cursor, path: [...cursor.path, name], node }]];
      })
    : [];

const childrenOf = (cursor: Cursor): Cursor[] => {
  if (!isSeq(cursor.node)) return membersOf(cursor).map(([, member]) => member);
  return cursor.node.items.flatMap((item, index) => {
    const node = standing(cursor, item);
    return node === undefined ? [] : [{ ...cursor, path: [...cursor.path, index], node }];
  });
};

/** Every node at or below a cursor, in the file's order. A file of aliases to aliases can't make this take long. */
const nodesBelow = (cursor: Cursor, found: Cursor[] = []): Cursor[] => {
  found.push(cursor);
  for (const child of childrenOf(cursor)) nodesBelow(child, found);
  return found;
};

export const mappingsBelow = (cursor: Cursor): Cursor[] => nodesBelow(cursor).filter(({ node }) => isMap(node));

export const scalarsBelow = (cursor: Cursor): Cursor[] => nodesBelow(cursor).filter(({ node }) => isScalar(node));
