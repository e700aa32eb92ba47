import { isMap, isNode, isSeq, type Node, type YAMLMap } from 'yaml';
import { isMergeKey, keyText } from './graph.ts';
import type { YamlFile } from './yaml-file.ts';

/** A node of a file and the way to it. Aliases are followed: `node` is never one, but what it leads to. */
export interface Cursor {
  readonly file: YamlFile;
  readonly document: number;
  /** Keys as the file has them, and indexes of lists. */
  readonly path: readonly (string | number)[];
  readonly node: Node;
}

/** `path:line` of a node. */
export const whereIs = (file: YamlFile, { node }: Pick<Cursor, 'node'>): string => file.at(node.range?.[0] ?? 0);

export const rootsOf = (file: YamlFile): Cursor[] =>
  file.documents.flatMap(({ contents }, document) =>
    contents === null ? [] : [{ file, document, path: [], node: file.graph.targetOf(contents) }],
  );

const isOnce = (seen: Set<Node>, node: Node): boolean => !seen.has(node) && seen.add(node).has(node);

/** What a mapping's merge keys bring, and what theirs do: those first that win, each once. */
const mergedInto = (file: YamlFile, node: YAMLMap, seen: Set<Node> = new Set()): YAMLMap[] =>
  node.items
    .filter(({ key }) => isMergeKey(key))
    .flatMap(({ value }) => {
      const source = isNode(value) ? file.graph.targetOf(value) : value;
      const sources = isSeq(source) ? source.items : [source];
      return sources.map((one) => (isNode(one) ? file.graph.targetOf(one) : one));
    })
    .flatMap((source) => (isMap(source) && isOnce(seen, source) ? [source, ...mergedInto(file, source, seen)] : []));

const ownValue = (file: YamlFile, node: YAMLMap, key: string): Node | undefined => {
  const pair = node.items.find((item) => keyText(item.key) === key);
  return pair && isNode(pair.value) ? file.graph.targetOf(pair.value) : undefined;
};

/** What a mapping has under a key: its own value, and what merge keys bring, of which the first counts. */
export const valuesIn = (file: YamlFile, node: Node, key: string): Node[] =>
  isMap(node) && key !== '<<'
    ? [node, ...mergedInto(file, node)].flatMap((source) => ownValue(file, source, key) ?? [])
    : [];

export const childOf = ({ file, document, path, node }: Cursor, key: string): Cursor | undefined => {
  const [value] = valuesIn(file, node, key);
  return value && { file, document, path: [...path, key], node: value };
};

export const itemsOf = ({ file, document, path, node }: Cursor): Cursor[] =>
  isSeq(node)
    ? node.items.flatMap((item, index) =>
        isNode(item) ? [{ file, document, path: [...path, index], node: file.graph.targetOf(item) }] : [],
      )
    : [];

/** The mapping's keys, with those that merge keys bring. */
export const keysOf = ({ file, node }: Cursor): string[] =>
  isMap(node)
    ? [
        ...new Set(
          [node, ...mergedInto(file, node)].flatMap(({ items }) =>
            items.flatMap(({ key }) => (isMergeKey(key) ? [] : (keyText(key) ?? []))),
          ),
        ),
      ]
    : [];
