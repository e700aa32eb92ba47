import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';

/** Where a node stands, itself or by an alias. */
export interface Use {
  /** The mapping or list that it is in. */
  readonly holder: Node;
  /** The key's text, or the index. */
  readonly key: string | number;
  /** It is the key. */
  readonly isKey: boolean;
  /** The key merges it (`<<`). */
  readonly merges: boolean;
  /** The node itself, or the alias that leads to it. */
  readonly node: Node;
}

export interface Graph {
  /** What an alias leads to; any other node is its own target. */
  targetOf(node: Node): Node;
  usesOf(node: Node): readonly Use[];
}

type Complain = (message: string, node: Node) => Error;

/** A key's text as the file has it: `8080`, not a number. */
export const keyText = (key: unknown): string | undefined =>
  isScalar(key) ? String(key.source ?? key.value) : undefined;

/** Only a plain `<<` merges; one in quotes is a key like others. */
export const isMergeKey = (key: unknown): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

/** Walks a document once, in its order, for an alias means the last anchor of its name above it. */
const createWalk = (targets: Map<Node, Node>, uses: Map<Node, Use[]>, complain: Complain) => {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();

  const resolve = (node: Node): Node => {
    if (!isAlias(node)) return node;
    const target = anchors.get(node.source);
    if (target === undefined) throw complain(`no anchor &${node.source} stands above the alias *${node.source}`, node);
    if (open.has(target)) throw complain(`the alias *${node.source} stands inside its own anchor`, node);
    targets.set(node, target);
    return target;
  };

  const visit = (node: unknown, use?: Omit<Use, 'node'>): void => {
    if (!isNode(node)) return;
    const target = resolve(node);
    if (use) {
      const known = uses.get(target);
      if (known) known.push({ ...use, node });
      else uses.set(target, [{ ...use, node }]);
    }
    if (isAlias(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    open.add(node);
    if (isMap(node)) visitPairs(node);
    if (isSeq(node))
      for (const [key, item] of node.items.entries())
        visit(isPair(item) ? item.value : item, { holder: node, key, isKey: false, merges: false });
    open.delete(node);
  };

  const targetIn = (value: unknown): unknown => (isNode(value) ? (targets.get(value) ?? value) : value);
  const sourcesIn = (value: unknown): unknown[] => {
    const source = targetIn(value);
    return isSeq(source) ? source.items.map(targetIn) : [source];
  };

  const visitPairs = (holder: YAMLMap): void => {
    const seen = new Set<string>();
    for (const { key, value } of holder.items) {
      const text = keyText(isNode(key) ? resolve(key) : key);
      const merges = isMergeKey(key);
      if (text !== undefined && !merges && seen.has(text) && isNode(key))
        throw complain(`Map keys must be unique, but \`${text}\` stands twice`, key);
      if (text !== undefined) seen.add(text);
      visit(key, { holder, key: text ?? '', isKey: true, merges: false });
      visit(value, { holder, key: text ?? '', isKey: false, merges });
      if (merges && isNode(key) && !sourcesIn(value).every((source) => isMap(source)))
        throw complain('a merge key (<<) wants a mapping, or a list of mappings', key);
    }
  };

  return visit;
};

/** Resolves all aliases, and refuses what the parser lets pass: keys that stand twice, aliases to nothing or to themselves. */
export const graphOf = (documents: readonly Document.Parsed[], complain: Complain): Graph => {
  const targets = new Map<Node, Node>();
  const uses = new Map<Node, Use[]>();
  for (const { contents } of documents) createWalk(targets, uses, complain)(contents);
  return { targetOf: (node) => targets.get(node) ?? node, usesOf: (node) => uses.get(node) ?? [] };
};
