import { isMap, isNode, isSeq, type Node, type YAMLMap } from 'yaml';
import { Refused } from '../refused.ts';
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

/** What a mapping's merge keys name, in their order. */
const sourcesOf = (file: YamlFile, { items }: YAMLMap): YAMLMap[] =>
  items
    .filter(({ key }) => isMergeKey(key))
    .flatMap(({ value }) => {
      const source = isNode(value) ? file.graph.targetOf(value) : value;
      return isSeq(source) ? source.items.map((one) => (isNode(one) ? file.graph.targetOf(one) : one)) : [source];
    })
    .filter((source) => isMap(source));

/** More than people merge into one mapping; a file of many merges must not take long. */
const mostMerged = 100;

/** A mapping, and what its merge keys bring, and what theirs do: those first that win, each once. */
const withMerged = (file: YamlFile, node: YAMLMap): YAMLMap[] => {
  const all = new Set<YAMLMap>();
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (all.has(next)) continue;
    all.add(next);
    if (all.size > mostMerged)
      throw new Refused(
        'not-yaml',
        `${whereIs(file, { node })}: more than ${mostMerged} mappings are merged into this one. Merge fewer.`,
      );
    waiting.push(...sourcesOf(file, next).toReversed());
  }
  return [...all];
};

const ownValue = (file: YamlFile, node: YAMLMap, key: string): Node | undefined => {
  const pair = node.items.find((item) => keyText(item.key) === key);
  return pair && isNode(pair.value) ? file.graph.targetOf(pair.value) : undefined;
};

/** What a mapping has under a key: its own value, and what merge keys bring, of which the first counts. */
export const valuesIn = (file: YamlFile, node: Node, key: string): Node[] =>
  isMap(node) && key !== '<<' ? withMerged(file, node).flatMap((source) => ownValue(file, source, key) ?? []) : [];

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
          withMerged(file, node).flatMap(({ items }) =>
            items.flatMap(({ key }) => (isMergeKey(key) ? [] : (keyText(key) ?? []))),
          ),
        ),
      ]
    : [];
