import type { Node } from 'yaml';
import { Refused } from '../refused.ts';
import type { Place } from './place.ts';
import { isSameBut } from './same-tree.ts';
import { scalarText } from './scalar-text.ts';
import { refuseSharing } from './sharing.ts';
import { type Splice, successorOf } from './successor.ts';
import { readYaml, remember, type YamlFile } from './yaml-file.ts';

export interface Replacement {
  readonly place: Place;
  readonly value: string;
  /** It is written as it is: a number or a boolean that goes on to be one. */
  readonly isBare?: boolean;
}

/** What one scalar is to become. Where an alias leads two places to it, both must want the same. */
const byScalar = (replacements: readonly Replacement[]): Map<Node, Replacement> => {
  const all = new Map<Node, Replacement>();
  for (const replacement of replacements) {
    const { place, value } = replacement;
    const other = all.get(place.node);
    if (other && other.value !== value)
      throw new Refused(
        'shared-value',
        `${place.where}: an anchor makes one value of what should be ${other.value} and ${value}. Write each of them itself.`,
      );
    all.set(place.node, replacement);
  }
  return all;
};

/** Where a scalar's own bytes begin: behind the header of a block. */
const startOf = (file: YamlFile, { node, token }: Place): number =>
  token.type === 'block-scalar' ? file.now(node.range?.[1] ?? 0) - token.source.length : file.now(token.offset);

/** JSON has no plain strings. */
const isJson = ({ path, around }: YamlFile): boolean => path.endsWith('.json') && around === undefined;

const textFor = (file: YamlFile, { place, value, isBare }: Replacement): string | undefined => {
  if (isBare) return value;
  return isJson(file) && place.token.type === 'scalar' ? JSON.stringify(value) : scalarText(place, value);
};

const spliceFor = (file: YamlFile, replacement: Replacement): Splice => {
  const { place, value } = replacement;
  const written = textFor(file, replacement);
  if (written === undefined)
    throw new Refused(
      'not-a-scalar',
      `${place.where}: the value spans several lines, or its quotes can't hold ${JSON.stringify(value)}. Write it on one line.`,
    );
  const start = startOf(file, place);
  return { node: place.node, start, end: start + place.token.source.length, written };
};

const spliced = ({ text }: YamlFile, splices: readonly Splice[]): string =>
  splices
    .toSorted((left, right) => right.start - left.start)
    .reduce((rest, { start, end, written }) => rest.slice(0, start) + written + rest.slice(end), text);

/** A block ends as it did: with a line end, several or none. */
const valueAfter = ({ place: { node, token, text }, value, isBare }: Replacement): unknown => {
  if (isBare) return JSON.parse(value);
  return token.type === 'block-scalar' && typeof node.value === 'string'
    ? value + node.value.slice(text.length)
    : value;
};

/**
 * Replaces scalars' bytes and nothing else: comments, order, line ends, anchors and the missing last newline stay. An anchor's
 * scalar changes for all who share it, unless one of them is an image that is not `repository` (if not given: another one than
 * the first). The outcome is parsed again, of a long file the part around the scalars; if any other value would change, it is refused.
 */
export const splice = (file: YamlFile, replacements: readonly Replacement[], repository?: string): Buffer => {
  const all = byScalar(replacements);
  const nodes = new Set(all.keys());
  for (const node of nodes) refuseSharing(file, nodes, node, repository);
  const splices = [...all.values()].map((replacement) => spliceFor(file, replacement));
  const text = spliced(file, splices);
  const content = Buffer.from(file.mark + text);
  const changed = new Map([...all].map(([node, replacement]) => [node, valueAfter(replacement)]));
  const successor = successorOf(file, text, splices, changed);
  if (successor) {
    remember(content, successor);
    return content;
  }
  if (!isSameBut(file, readYaml(file.path, content), changed))
    throw new Refused(
      'shared-value',
      `${replacements[0]?.place.where ?? file.path}: more than this value would change. Write it on a line of its own, in quotes.`,
    );
  return content;
};
