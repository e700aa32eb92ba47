import { Refused } from '../refused.ts';
import { type Cursor, whereIs } from './cursor.ts';
import { lineOf, orRefused } from './found-image.ts';
import { keyOf } from './key-of.ts';
import { type Place, textPlaceOf } from './place.ts';
import { isSimplyQuoted } from './quoted-text.ts';
import { type Replacement, splice } from './splice.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** The string around a file that is written inside another one. */
export interface Around {
  readonly file: YamlFile;
  readonly place: Place;
  /** The key that leads to the string. */
  readonly key: string;
}

const refuseInexact = ({ token, text, where }: Place, key: string): void => {
  const isBlock = token.type === 'block-scalar';
  const isFolded = isBlock && token.props.some((prop) => prop.type === 'block-scalar-header' && prop.source[0] === '>');
  const isExact = isBlock ? !isFolded : token.type === 'double-quoted-scalar' && isSimplyQuoted(token.source, text);
  if (!isExact && text.includes('\n'))
    throw new Refused(
      'not-a-scalar',
      `${where}: the YAML in \`${key}\` is folded or escaped. Write it as a block (|).`,
    );
};

/**
 * The YAML in a string, as a file of its own whose lines are those of the file around it: empty lines stand for what is
 * above. A string on one line has all of it there.
 */
export const readEmbedded = (file: YamlFile, at: Cursor): YamlFile => {
  const key = keyOf(file, at);
  const place = textPlaceOf(file, at, `\`${key}\``);
  refuseInexact(place, key);
  const around: Around = { file, place, key };
  const line = lineOf(whereIs(file, at));
  if (place.token.type === 'block-scalar')
    return { ...readYaml(file.path, Buffer.from('\n'.repeat(line) + place.text)), around };
  const read = orRefused(() => readYaml(file.path, Buffer.from(place.text)));
  if (read instanceof Refused) throw new Refused(read.code, `${place.where}: in \`${key}\`, ${read.message}`);
  return { ...read, at: () => place.where, around };
};

/** What changes in a string's YAML, as a change of that string. */
export const inString = (
  file: YamlFile,
  { place }: Around,
  replacements: readonly Replacement[],
  repository?: string,
): Replacement => {
  const edited = splice(file, replacements, repository).toString();
  return { place, value: edited.slice(file.text.length - place.text.length) };
};
