import { isMap, isNode, isScalar, isSeq } from 'yaml';
import { type Cursor, itemsOf } from './cursor.ts';

/** The values of a mapping, each with its key. What a merge key brings is not among them. */
export const membersOf = ({ document, path, node }: Cursor): [string, Cursor][] =>
  isMap(node)
    ? node.items.flatMap(({ key, value }): [string, Cursor][] =>
        isScalar(key) && isNode(value)
          ? [[String(key.source ?? key.value), { document, path: [...path, key.value], node: value }]]
          : [],
      )
    : [];

/** Every mapping at or below a cursor, in the file's order. Aliases are not followed: what they mean is met at its anchor. */
export const mappingsBelow = (cursor: Cursor): Cursor[] => {
  if (isMap(cursor.node)) return [cursor, ...membersOf(cursor).flatMap(([, member]) => mappingsBelow(member))];
  return isSeq(cursor.node) ? itemsOf(cursor).flatMap(mappingsBelow) : [];
};
