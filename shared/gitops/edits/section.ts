import { isMap, isNode, isPair, isSeq, type Node } from 'yaml';
import { documentsIn, forbidden, type YamlFile } from './yaml-file.ts';

/** No need to look for a smaller part. */
const shortSection = 2 * 1024;

/** A node that begins on a line of its own in a block, with the text up to where the next one begins. */
export interface Section {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** What stands in a block: each member's node, and where its line begins; none where other things are on that line. */
const membersOf = (file: YamlFile, node: unknown): { node: Node; start: number }[] => {
  if (!(isMap(node) && node.srcToken?.type === 'block-map') && !(isSeq(node) && node.srcToken?.type === 'block-seq'))
    return [];
  const marks = isMap(node) ? /^ *$/ : /^ *- +$/;
  const members = node.items.flatMap((item) => {
    const [first, value]: unknown[] = isPair(item) ? [item.key, item.value] : [item, item];
    if (!isNode(first) || !isNode(value)) return [];
    const offset = file.now(first.range?.[0] ?? 0);
    const start = lineStart(file.text, offset);
    return marks.test(file.text.slice(start, offset)) ? [{ node: value, start }] : [];
  });
  return members.length === node.items.length ? members : [];
};

/** The smallest section around an offset that is easily found. */
export const sectionAround = (file: YamlFile, offset: number): Section | undefined => {
  const root = file.documents.find(({ contents }) => {
    const [start = 0, , end = 0] = contents?.range ?? [];
    return file.now(start) <= offset && offset < file.now(end);
  })?.contents;
  const last = root?.range ? file.now(root.range[2]) : 0;
  if (lineStart(file.text, last) !== last && last !== file.text.length) return undefined;
  let section: Section | undefined;
  let around: { node: Node | null | undefined; end: number } = { node: root, end: last };
  while (section === undefined || section.end - section.start > shortSection) {
    const members = membersOf(file, around.node);
    const at = members.findLastIndex(({ start }) => start <= offset);
    const member = members[at];
    if (member === undefined) return section;
    section = { ...member, end: members[at + 1]?.start ?? around.end };
    around = section;
  }
  return section;
};

/** What a section says, parsed by itself: the value of its only key, or its only item. */
export const readSection = (text: string): Node | undefined => {
  if (forbidden.test(text)) return undefined;
  const [document, ...others] = documentsIn(text);
  const contents = document?.contents;
  if (others.length > 0 || document === undefined || document.errors.length > 0) return undefined;
  if (!(isMap(contents) || isSeq(contents)) || contents.items.length !== 1) return undefined;
  const [item] = contents.items;
  const value: unknown = isNode(item) ? item : item?.value;
  return isNode(value) ? value : undefined;
};
