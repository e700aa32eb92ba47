import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isSeq, type YAMLMap } from 'yaml';
import type { Image } from '#events/image.ts';
import { Refused } from '../refused.ts';
import { type Cursor, valuesIn, whereIs } from './cursor.ts';
import { blockEntry, type Entry, flowEntry, isJson, listIndent } from './entry-text.ts';
import { columnOf, type Insertion, inserted, itemInFlow, linesBelow } from './insert.ts';
import { isEmpty } from './place.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** An entry that `images` of a kustomization does not have yet. */
export interface Addition {
  readonly root: Cursor;
  readonly repository: string;
}

const entryOf = (repository: string, { tag, digest }: Image, pin: boolean): Entry =>
  new Map([['name', repository], ['newTag', tag], ...(pin ? [['digest', digest] as const] : [])]);

const newList = (file: YamlFile, root: YAMLMap, entry: Entry): Insertion[] => {
  const [first] = root.items;
  const start = isNode(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  if (root.flow)
    return itemInFlow(file, root, `${isJson(file, root) ? '"images"' : 'images'}: [${flowEntry(file, root, entry)}]`);
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
  return itemInFlow(file, list, flowEntry(file, like ?? root, entry));
};

/** Aliases and merge keys resolved; refused where that takes too many. */
const valuesOf = (file: YamlFile): unknown[] => {
  try {
    return file.documents.map((document) => document.toJS({ mapAsMap: true, maxAliasCount: 10_000 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refused('not-yaml', `${file.path}:1 can't be read: ${reason}. Correct the file.`);
  }
};

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
