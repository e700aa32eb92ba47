import { Refused } from '../refused.ts';

/** A key of a mapping, or an index of a list. */
export type Segment = string | number;

const segment = /(?:^|(?<!^)\.)((?:\\.|[^.[\]\\])+)|\[(\d{1,6})\]/y;

/** Reads `services[0].image` and `annotations.example\.com/image`: dots and brackets in keys are escaped by `\`. */
export const parseKey = (key: string): Segment[] => {
  const segments: Segment[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < key.length) {
    const at = segment.lastIndex;
    const [, name, index] = segment.exec(key) ?? [];
    if (name !== undefined) segments.push(name.replaceAll(/\\(.)/g, '$1'));
    else if (index !== undefined) segments.push(Number(index));
    else
      throw new Refused(
        'no-key',
        `The key "${key}" can't be read from character ${at + 1}. Write it as in a.b[0].c, and a dot inside a key as \\.`,
      );
  }
  if (segments.length === 0) throw new Refused('no-key', 'The key is empty. Write it as in a.b[0].c');
  return segments;
};
