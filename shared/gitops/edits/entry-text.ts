import { type CST, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { valuesIn } from './cursor.ts';
import { columnOf, endOf } from './insert.ts';
import { flowText } from './scalar-text.ts';
import type { YamlFile } from './yaml-file.ts';

/** An entry of a kustomization's `images`: its keys in their order. */
export type Entry = ReadonlyMap<string, string>;

/** The quotes that the entries before it have. */
const styleOf = (file: YamlFile, like: Node | undefined, key: string): CST.FlowScalar['type'] => {
  const [value] = like ? valuesIn(file, like, key) : [];
  const type = isScalar(value) ? value.srcToken?.type : undefined;
  return type === 'single-quoted-scalar' || type === 'double-quoted-scalar' ? type : 'scalar';
};

const pairs = (file: YamlFile, like: Node | undefined, entry: Entry): string[] =>
  [...entry].map(([key, value]) => `${key}: ${flowText(styleOf(file, like, key), value)}`);

/** Whether a mapping is written as JSON. */
export const isJson = (file: YamlFile, { range }: Node): boolean => /^\{\s*"/.test(file.text.slice(range?.[0]));

/** An entry on one line; `like`: the one that it should look like, or what is around it. */
export const flowEntry = (file: YamlFile, like: YAMLMap | undefined, entry: Entry): string => {
  if (like && isJson(file, like))
    return `{${[...entry].map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
  const gap = like?.flow && file.text[(like.range?.[0] ?? 0) + 1] === ' ' ? ' ' : '';
  return `{${gap}${pairs(file, like, entry).join(', ')}${gap}}`;
};

/** Where a block list has its dashes, and how far its items are from them. */
const layoutOf = (file: YamlFile, list: YAMLSeq): { indent: number; gap: string } | undefined => {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') return undefined;
  const [dash] = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  if (dash === undefined) return undefined;
  const gap = /^-( +)\S/.exec(file.text.slice(dash.offset))?.[1];
  return { indent: columnOf(file, dash.offset), gap: gap ?? ' ' };
};

/** Whether blank lines part the entries. */
const areApart = (file: YamlFile, { items }: YAMLSeq): boolean => {
  const [before, last] = items.slice(-2);
  if (!isNode(before) || !isNode(last)) return false;
  return /\n[ \t\r]*\n/.test(file.text.slice(endOf(before), last.range?.[0]));
};

/** An entry behind a dash, in the lines of a list; of a list that is not there yet, the dash stands at `otherwise`. */
export const blockEntry = (file: YamlFile, list: YAMLSeq | undefined, entry: Entry, otherwise: number): string[] => {
  const { indent, gap } = (list && layoutOf(file, list)) ?? { indent: otherwise, gap: ' ' };
  const like = list?.items.findLast((item) => isMap(item));
  const lead = `${' '.repeat(indent)}-${gap}`;
  if (like?.flow) return [lead + flowEntry(file, like, entry)];
  const lines = pairs(file, like, entry).map((pair, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + pair);
  return list && areApart(file, list) ? ['', ...lines] : lines;
};

/** Where a mapping's lists have their dashes; at its keys where it has no list. */
export const listIndent = (file: YamlFile, root: YAMLMap): number => {
  const [layout] = root.items.flatMap(({ value }) => (isSeq(value) ? (layoutOf(file, value) ?? []) : []));
  const [first] = root.items;
  return layout?.indent ?? (isNode(first?.key) ? columnOf(file, first.key.range?.[0] ?? 0) : 0);
};
