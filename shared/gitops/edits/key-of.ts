import type { Cursor } from './cursor.ts';
import type { YamlFile } from './yaml-file.ts';

const escaped = (key: string): string => key.replaceAll(/[\\.[\]]/g, '\\$&');

/** The dotted key that leads to a cursor, as `parseKey` reads it. */
export const keyOf = (_file: YamlFile, { path }: Cursor): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${escaped(step)}`))
    .join('')
    .replace(/^\./, '');
