import { isMap, isScalar, isSeq } from 'yaml';
import type { Cursor } from './cursor.ts';
import type { YamlFile } from './yaml-file.ts';

const escaped = (key: string): string => key.replaceAll(/[\\.[\]]/g, '\\$&');

/** The dotted key that leads to a cursor, as `parseKey` reads it. */
export const keyOf = (file: YamlFile, { document, path }: Cursor): string => {
  let node: unknown = file.documents[document]?.contents;
  let key = '';
  for (const step of path) {
    if (isSeq(node) && typeof step === 'number') {
      key += `[${step}]`;
      node = node.items[step];
      continue;
    }
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    const name = pair && isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : String(step);
    key += `${key === '' ? '' : '.'}${escaped(name)}`;
    node = pair?.value;
  }
  return key;
};
