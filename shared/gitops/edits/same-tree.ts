import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { YamlFile } from './yaml-file.ts';

const isSameProperty = (before: Node, after: Node): boolean =>
  before.tag === after.tag && (isAlias(before) || isAlias(after) || before.anchor === after.anchor);

/** How two trees are compared. */
interface Comparison {
  /** The scalar that stands where one was parsed. */
  now(scalar: Node): Node;
  /** What some scalars are to become. */
  readonly changed?: ReadonlyMap<Node, unknown>;
  /** Gets what they have become. */
  readonly replaced?: Map<Node, Scalar>;
}

const isSameScalar = (before: Node, after: Scalar, { changed, replaced }: Comparison): boolean => {
  if (!isScalar(before) || !isSameProperty(before, after)) return false;
  if (!changed?.has(before)) return before.source === after.source && before.type === after.type;
  replaced?.set(before, after);
  return after.value === changed.get(before);
};

/**
 * Whether two trees differ in nothing but the scalars that were to change, and these are what they were to become. Aliases
 * are compared as such, so whatever they lead to is compared once, and a file can't make this take long.
 */
export const isSameNode = (before: unknown, after: unknown, comparison: Comparison): boolean => {
  if (isScalar(before) && isScalar(after)) return isSameScalar(comparison.now(before), after, comparison);
  if (isAlias(before) && isAlias(after)) return before.source === after.source;
  if (isPair(before) && isPair(after))
    return isSameNode(before.key, after.key, comparison) && isSameNode(before.value, after.value, comparison);
  if ((isMap(before) && isMap(after)) || (isSeq(before) && isSeq(after))) {
    const items: readonly unknown[] = after.items;
    return (
      isSameProperty(before, after) &&
      before.items.length === items.length &&
      before.items.every((item: unknown, at) => isSameNode(item, items[at], comparison))
    );
  }
  if (before === null || after === null) return before === after;
  return false;
};

/** Whether a file, edited, says the same but for the scalars in `changed`. */
export const isSameBut = (before: YamlFile, after: YamlFile, changed: ReadonlyMap<Node, unknown>): boolean =>
  before.documents.length === after.documents.length &&
  before.documents.every((document, at) =>
    isSameNode(document.contents, after.documents[at]?.contents, { now: before.graph.targetOf, changed }),
  );
