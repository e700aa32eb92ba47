import { isAlias, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import type { YamlFile } from './yaml-file.ts';

const isSameProperty = (before: Node, after: Node): boolean =>
  before.tag === after.tag && (isAlias(before) || isAlias(after) || before.anchor === after.anchor);

/**
 * Whether two trees differ in nothing but the scalars that were to change, and these are what they were to become. Aliases
 * are compared as such, so whatever they lead to is compared once, and a file can't make this take long.
 */
const isSameNode = (before: unknown, after: unknown, changed: ReadonlyMap<Node, unknown>): boolean => {
  if (isScalar(before) && isScalar(after)) {
    if (!isSameProperty(before, after)) return false;
    const expected = changed.get(before);
    if (expected !== undefined) return after.value === expected;
    return before.source === after.source && before.type === after.type;
  }
  if (isAlias(before) && isAlias(after)) return before.source === after.source;
  if (isPair(before) && isPair(after))
    return isSameNode(before.key, after.key, changed) && isSameNode(before.value, after.value, changed);
  if ((isMap(before) && isMap(after)) || (isSeq(before) && isSeq(after))) {
    const items: readonly unknown[] = after.items;
    return (
      isSameProperty(before, after) &&
      before.items.length === items.length &&
      before.items.every((item: unknown, at) => isSameNode(item, items[at], changed))
    );
  }
  if (before === null || after === null) return before === after;
  return false;
};

/** Whether a file, edited, says the same but for the scalars in `changed`. */
export const isSameBut = (before: YamlFile, after: YamlFile, changed: ReadonlyMap<Node, unknown>): boolean =>
  before.documents.length === after.documents.length &&
  before.documents.every((document, at) => isSameNode(document.contents, after.documents[at]?.contents, changed));
