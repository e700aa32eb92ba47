import { isCollection, isMap, isNode, isPair, isSeq, type Node } from 'yaml';
import type { YamlFile } from './yaml-file.ts';

/** Text that comes between two bytes of a file. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

export const inserted = (text: string, insertions: readonly Insertion[]): string =>
  insertions
    .toSorted((left, right) => right.offset - left.offset)
    .reduce((rest, { offset, text: added }) => rest.slice(0, offset) + added + rest.slice(offset), text);

/** The way the file ends its lines. */
export const lineEndOf = ({ text }: YamlFile): string => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n');

/** How far in its line a place is. */
export const columnOf = ({ text }: YamlFile, offset: number): number =>
  offset === 0 ? 0 : offset - text.lastIndexOf('\n', offset - 1) - 1;

/** The offset behind the last thing in a node. */
export const endOf = (node: Node): number => {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  const value = isPair(last) ? (last.value ?? last.key) : last;
  return isNode(value) ? endOf(value) : (node.range?.[1] ?? 0);
};

/** Lines below the last one of a node, before whatever comments and blank lines follow. */
export const linesBelow = (file: YamlFile, node: Node, lines: readonly string[]): Insertion => {
  const lineEnd = lineEndOf(file);
  const end = endOf(node);
  const next = file.text[end - 1] === '\n' ? end : file.text.indexOf('\n', end) + 1;
  // A missing last newline stays missing.
  return next === 0
    ? { offset: file.text.length, text: lines.map((line) => lineEnd + line).join('') }
    : { offset: next, text: lines.map((line) => line + lineEnd).join('') };
};

/** One more item of a flow collection: on a line of its own where the last one is. */
export const itemInFlow = (file: YamlFile, node: Node, item: string): Insertion[] => {
  const [start = 0] = node.range ?? [];
  const last = isSeq(node) || isMap(node) ? node.items.at(-1) : undefined;
  const first = isPair(last) ? last.key : last;
  const final = isPair(last) ? (last.value ?? last.key) : last;
  if (!isNode(first) || !isNode(final)) return [{ offset: start + 1, text: item }];
  const [begin = 0] = first.range ?? [];
  const [, end = 0] = final.range ?? [];
  const line = file.text.slice(file.text.lastIndexOf('\n', begin) + 1, begin);
  const comma = /^\s*,/.exec(file.text.slice(end))?.[0].length;
  const ownLine = line.trim() === '' && line !== '' && file.text.lastIndexOf('\n', begin) >= start;
  if (!ownLine)
    return comma === undefined ? [{ offset: end, text: `, ${item}` }] : [{ offset: end + comma, text: ` ${item},` }];
  const lineEnd = file.text.indexOf('\n', end);
  const below = { offset: lineEnd + 1, text: `${line}${item}${comma === undefined ? '' : ','}${lineEndOf(file)}` };
  if (lineEnd < 0 || lineEnd >= (node.range?.[1] ?? 0))
    return [{ offset: end, text: `,${lineEndOf(file)}${line}${item}` }];
  return comma === undefined ? [{ offset: end, text: ',' }, below] : [below];
};
