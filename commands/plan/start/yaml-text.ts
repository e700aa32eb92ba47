import { isPlainString } from '#shared/gitops/edits/scalar-text.ts';
import { plain } from '../../words.ts';

/** What a reader takes for a string without quotes, in flow style too. */
const isSafe = (text: string): boolean =>
  /^[A-Za-z0-9_.][A-Za-z0-9_./:@-]*$/.test(text) && !text.endsWith(':') && isPlainString(text);

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

const escapedCharacter = (character: string): string =>
  [...character].map((one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join('');

/** A scalar of YAML: somebody else's text too, without what hides text or moves a terminal's cursor. */
export const scalar = (text: string): string => {
  if (isSafe(text)) return text;
  if (/["\\]/.test(text) && text.search(hidden) < 0) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replaceAll(hidden, escapedCharacter);
};

/** `{ a: 1, b: 2 }` */
export const flowMap = (entries: readonly (readonly [string, string])[]): string =>
  `{ ${entries.map(([key, value]) => `${scalar(key)}: ${value}`).join(', ')} }`;

export const flowList = (items: readonly string[]): string => `[${items.join(', ')}]`;

/** A comment at the end of a line. */
export const remark = (text: string): string => ` # ${plain(text)}`;
