import { isScalar, type Node, type Scalar } from 'yaml';
import type { Graph } from './graph.ts';
import { kustomizationNames } from './kustomize.ts';
import { isSameNode } from './same-tree.ts';
import { readSection, sectionAround } from './section.ts';
import type { Since, YamlFile } from './yaml-file.ts';

/** Bytes that were put in a scalar's place. */
export interface Splice {
  readonly node: Scalar;
  /** Offsets in the file's text. */
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

/** Shorter files are parsed as a whole in a few milliseconds. */
const shortest = 8 * 1024;

/** The tree that was parsed, with some scalars in other scalars' places. */
const withReplaced = (graph: Graph, replaced: ReadonlyMap<Node, Scalar>): Graph => {
  const parsed = new Map<Node, Node>([...replaced].map(([before, after]) => [after, before]));
  const nowAt = (node: Node): Node => replaced.get(node) ?? node;
  return {
    targetOf: (node) => nowAt(graph.targetOf(node)),
    usesOf: (node) => graph.usesOf(parsed.get(node) ?? node).map((use) => ({ ...use, node: nowAt(use.node) })),
  };
};

/** A scalar as a section has it, where the tree has the one that it replaces. */
const inPlaceOf = (before: Scalar, after: Scalar): Scalar => {
  const scalar = after.clone();
  if (!isScalar(scalar)) return after;
  scalar.range = before.range ?? null;
  if (after.srcToken && before.srcToken) scalar.srcToken = { ...after.srcToken, offset: before.srcToken.offset };
  return scalar;
};

/** The file that was parsed, with all that was put in place since. */
const withSplices = (
  file: YamlFile,
  text: string,
  splices: readonly Splice[],
  scalars: ReadonlyMap<Node, Scalar>,
): YamlFile => {
  const { parsed, replaced, moves }: Since = file.since ?? { parsed: file, replaced: new Map(), moves: [] };
  const known = new Map<Node, Node>([...replaced].map(([node, scalar]) => [scalar, node]));
  const since: Since = {
    parsed,
    replaced: new Map([
      ...replaced,
      ...[...scalars].map(([node, scalar]) => [known.get(node) ?? node, scalar] as const),
    ]),
    moves: [
      ...moves,
      ...splices.map(({ node, start, end, written }) => ({
        end: node.range?.[1] ?? 0,
        by: written.length - (end - start),
      })),
    ].filter(({ by }) => by !== 0),
  };
  const now = (offset: number): number =>
    since.moves.reduce((to, { end, by }) => (end <= offset ? to + by : to), offset);
  return { ...parsed, text, graph: withReplaced(parsed.graph, since.replaced), now, since };
};

const lines = (text: string): number => text.split('\n').length;

/**
 * A long file after some splices, without parsing all of it again: only the part around each is, before and after, and must say
 * the same but for the scalars in `changed`. Each part ends where a line of the same block or of one around it begins, so that
 * nothing in it can reach further. `undefined` where that can't be told: the whole file is parsed then.
 */
export const successorOf = (
  file: YamlFile,
  text: string,
  splices: readonly Splice[],
  changed: ReadonlyMap<Node, unknown>,
): YamlFile | undefined => {
  if (file.text.length < shortest || kustomizationNames.some((name) => file.path.endsWith(name))) return undefined;
  const moved = (offset: number): number =>
    splices.reduce((to, { start, end, written }) => (end <= offset ? to + written.length - (end - start) : to), offset);
  const replaced = new Map<Node, Scalar>();
  for (const { start, end, written } of splices) {
    if (lines(written) !== lines(file.text.slice(start, end))) return undefined;
    const section = sectionAround(file, start);
    if (section === undefined || end > section.end) return undefined;
    const before = readSection(file.text.slice(section.start, section.end));
    const next = readSection(text.slice(moved(section.start), moved(section.end)));
    if (before === undefined || next === undefined) return undefined;
    const now = file.graph.targetOf;
    if (!isSameNode(section.node, before, { now }) || !isSameNode(section.node, next, { now, changed, replaced }))
      return undefined;
  }
  if (splices.some(({ node }) => !replaced.has(node))) return undefined;
  const scalars = new Map(
    splices.flatMap(({ node }) => {
      const scalar = replaced.get(node);
      return scalar ? [[node, inPlaceOf(node, scalar)] as const] : [];
    }),
  );
  return withSplices(file, text, splices, scalars);
};
