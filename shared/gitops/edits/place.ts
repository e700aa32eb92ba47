import { type CST, isAlias, isMap, isScalar, isSeq } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, whereIs } from './cursor.ts';
import type { YamlFile } from './yaml-file.ts';

/** A scalar whose bytes can be replaced. */
export interface Place {
  readonly document: number;
  readonly path: readonly unknown[];
  readonly token: CST.FlowScalar;
  /** What the file says, as text: `1.20` is `1.20` even where YAML reads a number. */
  readonly text: string;
  readonly where: string;
}

const notAScalar = ({ node }: Cursor, where: string, name: string): Refused => {
  if (isAlias(node))
    return new Refused(
      'shared-value',
      `${where}: ${name} is an alias (*${node.source}), whose value stands elsewhere and may serve others. Write the value itself here.`,
    );
  const found = isMap(node) ? 'a mapping' : isSeq(node) ? 'a list' : 'a block scalar or empty';
  return new Refused('not-a-scalar', `${where}: ${name} is ${found}. Write its value on the key's own line.`);
};

/** A template without quotes looks like a mapping in a mapping. */
export const refuseTemplate = (file: YamlFile, cursor: Cursor, name: string): void => {
  const [start = 0, end = 0] = cursor.node.range ?? [];
  const text = file.text.slice(start, end);
  if (isScalar(cursor.node) ? text.includes('{{') : text.startsWith('{{'))
    throw new Refused('template', `${whereIs(file, cursor)}: ${name} is a template ({{ … }}). Write the value itself.`);
};

const isFlowScalar = (token: CST.Token | undefined): token is CST.FlowScalar =>
  token?.type === 'scalar' || token?.type === 'single-quoted-scalar' || token?.type === 'double-quoted-scalar';

/** A key with nothing behind it. */
export const isEmpty = ({ node }: Cursor): boolean => isScalar(node) && node.value === null && node.source === '';

/** The scalar at a cursor; anything that has no bytes of its own to replace is refused, by `name`. */
export const placeOf = (file: YamlFile, cursor: Cursor, name: string): Place => {
  const { document, path, node } = cursor;
  const where = whereIs(file, cursor);
  refuseTemplate(file, cursor, name);
  const token = isScalar(node) ? node.srcToken : undefined;
  if (!isScalar(node) || !isFlowScalar(token) || isEmpty(cursor)) throw notAScalar(cursor, where, name);
  const text = typeof node.value === 'string' ? node.value : token.source;
  return { document, path, token, text, where };
};
