import { type CST, parse } from 'yaml';
import type { Place } from './place.ts';
import { requoted } from './quoted-text.ts';

const read = (value: string, version: '1.1' | '1.2'): unknown => {
  try {
    return parse(value, { version });
  } catch {
    return undefined;
  }
};

const isString = (value: string): boolean => read(value, '1.1') === value && read(value, '1.2') === value;

/** Go's parser, which Helm and Kustomize use, takes a day with one digit for a date, too. */
const shortDate = /^\d{4}-\d{1,2}-\d{1,2}$/;

/** It also drops all underscores before it looks for a number. */
const withoutUnderscores = (value: string): string => (/^[-+.\d]/.test(value) ? value.replaceAll('_', '') : value);

/** YAML 1.1 gives them types of their own, and Python's parser fails on them as values. */
const oldTypes = ['=', '<<'];

/** Whether YAML 1.1, YAML 1.2 and Go's parser all read a plain scalar as this string. */
export const isPlainString = (value: string): boolean =>
  isString(value) && isString(withoutUnderscores(value)) && !shortDate.test(value) && !oldTypes.includes(value);

/** What no context gives a meaning: not a flow collection, a comment or a template. */
const isHarmless = (value: string): boolean => !/[,[\]{}#\s\p{Cc}]/u.test(value);

/** In a literal block each line stands for itself; in a folded one only a single line does. */
const blockLines = (source: string, present: string, value: string): string | undefined => {
  const lines = source.split('\n');
  const before = present.split('\n');
  const after = value.split('\n');
  if (before.length !== after.length) return undefined;
  const replaced = before.length === 1 ? [lines.findIndex((line) => line.trim() !== '')] : before.keys();
  for (const [at, line] of [...replaced].entries()) {
    const [old = '', next = '', whole = ''] = [before[at], after[at], lines[line]];
    const end = whole.endsWith('\r') ? '\r' : '';
    const content = whole.slice(0, whole.length - end.length);
    if (old === next) continue;
    if (!content.endsWith(old)) return undefined;
    lines[line] = content.slice(0, content.length - old.length) + next + end;
  }
  return lines.join('\n');
};

/** A value on one line in a style, and in double quotes where a plain one would not be read as this string. */
export const flowText = (style: CST.FlowScalar['type'], value: string): string | undefined => {
  if (style === 'single-quoted-scalar') return /\p{Cc}/u.test(value) ? undefined : `'${value.replaceAll("'", "''")}'`;
  return style === 'scalar' && isHarmless(value) && isPlainString(value) ? value : JSON.stringify(value);
};

/** A value in the style of the scalar that it replaces; `undefined` where that can't hold it. */
export const scalarText = ({ token, text }: Place, value: string): string | undefined => {
  if (token.type === 'block-scalar') return blockLines(token.source, text, value);
  return token.type === 'double-quoted-scalar' ? requoted(token.source, text, value) : flowText(token.type, value);
};
