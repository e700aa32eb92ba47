import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { Refused } from '../refused.ts';
import type { Place } from './place.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export interface Replacement {
  readonly place: Place;
  readonly value: string;
}

const read = (value: string, version: '1.1' | '1.2'): unknown => {
  try {
    return parse(value, { version });
  } catch {
    return undefined;
  }
};

/** Whether both YAML 1.1 (Helm's and Kustomize's parsers follow it in part) and 1.2 read a plain scalar as this string. */
export const isPlainString = (value: string): boolean => read(value, '1.1') === value && read(value, '1.2') === value;

/** Keeps the quotes that are there, and adds some where a plain value would be read as something else than a string. */
const scalar = ({ token }: Place, value: string): string => {
  if (token.type === 'single-quoted-scalar') return `'${value}'`;
  return token.type === 'scalar' && isPlainString(value) ? value : `"${value}"`;
};

const spliced = (text: string, replacements: readonly Replacement[]): string =>
  [...replacements]
    .sort((left, right) => right.place.token.offset - left.place.token.offset)
    .reduce((rest, { place, value }) => {
      const { offset, source } = place.token;
      return rest.slice(0, offset) + scalar(place, value) + rest.slice(offset + source.length);
    }, text);

/** Aliases and merge keys resolved; keys of any type. */
const valuesOf = (file: YamlFile): unknown[] => {
  try {
    return file.documents.map((document) => document.toJS({ mapAsMap: true, maxAliasCount: 10_000 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refused('not-yaml', `${file.path} can't be read: ${reason}. Correct the file.`);
  }
};

/** A copy with one value changed. Whatever shares that value by an alias keeps the old one here, and shows as a difference. */
const withValue = (node: unknown, [step, ...rest]: readonly unknown[], value: string): unknown => {
  if (step === undefined && rest.length === 0) return value;
  if (node instanceof Map) return new Map(node).set(step, withValue(node.get(step), rest, value));
  if (Array.isArray(node) && typeof step === 'number') return node.with(step, withValue(node[step], rest, value));
  return node;
};

/**
 * Replaces scalars' bytes and nothing else: comments, order, line ends, anchors and the missing last newline stay. The
 * outcome is parsed again; if any other value would change, it is refused.
 */
export const splice = (file: YamlFile, replacements: readonly Replacement[]): Buffer => {
  const text = spliced(file.text, replacements);
  const content = Buffer.from(text);
  const expected = replacements.reduce<unknown[]>(
    (values, { place, value }) =>
      values.map((root, document) => (document === place.document ? withValue(root, place.path, value) : root)),
    valuesOf(file),
  );
  if (!isDeepStrictEqual(valuesOf(readYaml(file.path, content)), expected))
    throw new Refused(
      'shared-value',
      `${replacements[0]?.place.where ?? file.path}: other values would change with this one, because an anchor shares it. Write the value itself in each place.`,
    );
  return content;
};
