import { isMap } from 'yaml';
import { Refused } from '../refused.ts';
import { childOf, whereIs } from './cursor.ts';
import { isValuesFile } from './folder.ts';
import { type FoundImage, orRefused } from './found-image.ts';
import { tagKeys } from './image-name.ts';
import { wayTo } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

/** Where another file says this image's tag or reference, too: the node itself, or one of its parts. */
const sameIn = (file: YamlFile, { key }: FoundImage): string | undefined => {
  const way = orRefused(() => wayTo(file, key));
  const cursor = way instanceof Refused ? undefined : way.at(-1);
  if (cursor === undefined) return undefined;
  if (!isMap(cursor.node)) return whereIs(file, cursor);
  const part = [...tagKeys, 'digest'].flatMap((name) => childOf(cursor, name) ?? [])[0];
  return part && whereIs(file, part);
};

/**
 * Helm takes several values files one over the other: a tag in `values-prod.yaml` wins over the one in `values.yaml`, where
 * the repository stands. Which of them is meant, only a person can say.
 */
export const refuseOverridden = (places: readonly FoundImage[], files: readonly YamlFile[]): void => {
  for (const place of places.filter(({ path }) => isValuesFile(path))) {
    const others = files.filter(({ path }) => path !== place.path && isValuesFile(path));
    const where = others.flatMap((file) => sameIn(file, place) ?? []);
    if (where.length > 0)
      throw new Refused(
        'ambiguous',
        `${place.path}:${place.line}: \`${place.key}\` also stands in ${where.join(', ')}, which may win. Name the \`file\` and \`key\`.`,
      );
  }
};
