import { isDeepStrictEqual } from 'node:util';
import { type CST, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Image } from '#events/image.ts';
import { Refused } from '../refused.ts';
import { type Cursor, valuesIn, whereIs } from './cursor.ts';
import { columnOf, endOf, type Insertion, inserted, itemInFlow, linesBelow } from './insert.ts';
import { isEmpty } from './place.ts';
import { flowText } from './scalar-text.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** An entry that `images` of a kustomization does not have yet. */
export interface Addition {
  readonly root: Cursor;
  readonly repository: string;
}

type Entry = ReadonlyMap<string, string>;

const entryOf = (repository: string, { tag, digest }: Image, pin: boolean): Entry =>
  new Map([['name', repository], ['newTag', tag], ...(pin ? [['digest', digest] as const] : [])]);

/** The quotes that the entries before it have. */
const styleOf = (file: YamlFile, like: Node | undefined, key: string): CST.FlowScalar['type'] => {
  const [value] = like ? valuesIn(file, like, key) : [];
  const type = isScalar(value) ? value.srcToken?.type : undefined;
  return type === 'single-quoted-scalar' || type === 'double-quoted-scalar' ? type : 'scalar';
};

const pairs = (file: YamlFile, like: Node | undefined, entry: Entry): string[] =>
  [...entry].map(([key, value]) => `${key}: ${flowText(styleOf(file, like, key), value)}`);

const flowEntry = (file: YamlFile, like: Node | undefined, entry: Entry, json: boolean): string => {
  if (json)
    return `{${[...entry].map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
  const gap = isMap(like) && like.flow && file.text[(like.range?.[0] ?? 0) + 1] === ' ' ? ' ' : '';
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

const blockEntry = (file: YamlFile, list: YAMLSeq | undefined, entry: Entry, fallback: number): string[] => {
  const { indent, gap } = (list && layoutOf(file, list)) ?? { indent: fallback, gap: ' ' };
  const like = list?.items.findLast((item) => isMap(item));
  const lead = `${' '.repeat(indent)}-${gap}`;
  if (like?.flow) return [lead + flowEntry(file, like, entry, false)];
  const lines = pairs(file, like, entry).map((pair, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + pair);
  return list && areApart(file, list) ? ['', ...lines] : lines;
};

/** Where a mapping's lists have their dashes; at its keys where it has no list. */
const listIndent = (file: YamlFile, root: YAMLMap): number => {
  const [layout] = root.items.flatMap(({ value }) => (isSeq(value) ? (layoutOf(file, value) ?? []) : []));
  const [first] = root.items;
  return layout?.indent ?? (isNode(first?.key) ? columnOf(file, first.key.range?.[0] ?? 0) : 0);
};

const newList = (file: YamlFile, root: YAMLMap, entry: Entry): Insertion[] => {
  const [first] = root.items;
  const start = isNode(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  if (root.flow) {
    const json = file.text[start] === '"';
    return itemInFlow(file, root, `${json ? '"images"' : 'images'}: [${flowEntry(file, undefined, entry, json)}]`);
  }
  const indent = ' '.repeat(columnOf(file, start));
  return [linesBelow(file, root, [`${indent}images:`, ...blockEntry(file, undefined, entry, listIndent(file, root))])];
};

const insertionsFor = ({ file, node: root }: Cursor, entry: Entry): Insertion[] => {
  if (!isMap(root)) return [];
  const [list] = valuesIn(file, root, 'images');
  if (list === undefined) return newList(file, root, entry);
  if (isEmpty({ node: list }))
    return [linesBelow(file, list, blockEntry(file, undefined, entry, listIndent(file, root)))];
  if (!isSeq(list))
    throw new Refused('no-entry', `${whereIs(file, { node: list })}: \`images\` is no list. Write it as one.`);
  if (file.graph.usesOf(list).length > 1 || !root.items.some(({ value }) => value === list))
    throw new Refused(
      'shared-value',
      `${whereIs(file, { node: list })}: an anchor shares \`images\` with others, who would get the new entry, too. Add it by hand.`,
    );
  if (!list.flow) return [linesBelow(file, list, blockEntry(file, list, entry, 0))];
  const like = list.items.findLast((item) => isMap(item));
  const json =
    file.text[(like ?? root).range?.[0] ?? 0] === '{' && /^\{\s*"/.test(file.text.slice((like ?? root).range?.[0]));
  return itemInFlow(file, list, flowEntry(file, like, entry, json));
};

const valuesOf = (file: YamlFile): unknown[] =>
  file.documents.map((document) => document.toJS({ mapAsMap: true, maxAliasCount: 10_000 }));

const withEntry = (root: unknown, entry: Entry): unknown => {
  if (!(root instanceof Map)) return root;
  const list: unknown = root.get('images');
  return new Map(root).set('images', [...(Array.isArray(list) ? list : []), entry]);
};

/**
 * Adds the entry behind the others, indented and written like them; nothing that is there changes. The outcome is parsed again:
 * if anything else than the entry came of it, it is refused.
 */
export const addEntry = (file: YamlFile, { root, repository }: Addition, image: Image, pin: boolean): Buffer => {
  const entry = entryOf(repository, image, pin);
  const content = Buffer.from(file.mark + inserted(file.text, insertionsFor(root, entry)));
  const expected = valuesOf(file).map((value, at) => (at === root.document ? withEntry(value, entry) : value));
  if (!isDeepStrictEqual(valuesOf(readYaml(file.path, content)), expected))
    throw new Refused(
      'no-entry',
      `${whereIs(file, root)}: an entry for ${repository} can't be added without changing more. Add it to \`images\` by hand.`,
    );
  return content;
};
