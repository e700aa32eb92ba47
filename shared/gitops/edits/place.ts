import { type CST, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, whereIs } from './cursor.ts';
import type { YamlFile } from './yaml-file.ts';

/** A scalar whose bytes can be replaced. Where the way to it led through an alias, it is the anchor's. */
export interface Place {
  readonly node: Scalar;
  readonly token: CST.FlowScalar | CST.BlockScalar;
  /** What the file says, as text: `1.20` is `1.20` even where YAML reads a number. A block's last line ends are left out. */
  readonly text: string;
  readonly where: string;
}

/** Helm's and Argo CD's templates, and what Flux and envsubst fill in. */
const template = /\{\{|\$\{/;

/** A template without quotes looks like a mapping in a mapping. */
export const refuseTemplate = (file: YamlFile, cursor: Pick<Cursor, 'node'>, name: string): void => {
  const [start = 0, end = 0] = cursor.node.range ?? [];
  const text = file.text.slice(file.now(start), file.now(end));
  if (isScalar(cursor.node) ? template.test(text) : text.startsWith('{{')) {
    const shape = text.includes('{{') ? '{{ … }}' : `\${…}`;
    throw new Refused(
      'template',
      `${whereIs(file, cursor)}: ${name} is a template (${shape}). Write the value itself.`,
    );
  }
};

const isScalarToken = (token: CST.Token | undefined): token is CST.FlowScalar | CST.BlockScalar =>
  token?.type === 'scalar' ||
  token?.type === 'single-quoted-scalar' ||
  token?.type === 'double-quoted-scalar' ||
  token?.type === 'block-scalar';

/** A key with nothing behind it. */
export const isEmpty = ({ node }: Pick<Cursor, 'node'>): boolean =>
  isScalar(node) && node.value === null && node.source === '';

const textOf = (node: Scalar, token: CST.FlowScalar | CST.BlockScalar): string => {
  if (typeof node.value !== 'string') return token.source;
  return token.type === 'block-scalar' ? node.value.replace(/\n+$/, '') : node.value;
};

/** The scalar at a cursor, also one with templates in it: a whole text, of which only other parts change. */
export const textPlaceOf = (file: YamlFile, cursor: Pick<Cursor, 'node'>, name: string): Place => {
  const { node } = cursor;
  const where = whereIs(file, cursor);
  const token = isScalar(node) ? node.srcToken : undefined;
  if (!isScalar(node) || !isScalarToken(token) || isEmpty(cursor)) {
    const found = isMap(node) ? 'a mapping' : isSeq(node) ? 'a list' : 'empty';
    throw new Refused('not-a-scalar', `${where}: ${name} is ${found}. Write a value of its own there.`);
  }
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str')
    throw new Refused(
      'not-a-scalar',
      `${where}: ${name} has the YAML tag ${node.tag.replace('tag:yaml.org,2002:', '!!')}, so that not every value fits. Remove it.`,
    );
  return { node, token, text: textOf(node, token), where };
};

/** The scalar at a cursor; anything that has no bytes of its own to replace, or is a template, is refused, by `name`. */
export const placeOf = (file: YamlFile, cursor: Pick<Cursor, 'node'>, name: string): Place => {
  refuseTemplate(file, cursor, name);
  return textPlaceOf(file, cursor, name);
};
