import { isMap, type Node } from 'yaml';
import { Refused } from '../refused.ts';
import { valuesIn, whereIs } from './cursor.ts';
import { isMergeKey, keyText, type Use } from './graph.ts';
import { digestsIn, imageNameBeside, tagKeys } from './image-name.ts';
import { meansRepository } from './reference.ts';
import type { YamlFile } from './yaml-file.ts';

/** The mappings that merge a mapping into themselves, by its name or in a list. */
const mergersOf = (file: YamlFile, source: Node): Node[] =>
  file.graph.usesOf(source).flatMap((use) => {
    if (use.merges) return [use.holder];
    return typeof use.key === 'number'
      ? file.graph.usesOf(use.holder).flatMap((list) => (list.merges ? [list.holder] : []))
      : [];
  });

/** Wherever a scalar's value shows: where it stands, where aliases lead to it, and where merge keys bring it. */
const occurrencesOf = (file: YamlFile, scalar: Node): Use[] => {
  const found = [...file.graph.usesOf(scalar)];
  const seen = new Set<string>();
  const ids = new Map<Node, number>();
  // The list grows as merge keys carry the value on; each mapping is met once for each key.
  for (const { holder, key, isKey } of found) {
    if (isKey || typeof key === 'number') continue;
    for (const merger of mergersOf(file, holder)) {
      if (!ids.has(merger)) ids.set(merger, ids.size);
      const name = `${ids.get(merger)} ${key}`;
      if (seen.has(name) || !valuesIn(file, merger, key).includes(scalar)) continue;
      seen.add(name);
      if (valuesIn(file, merger, key)[0] === scalar)
        found.push({ holder: merger, key, isKey: false, merges: false, node: merger });
    }
  }
  return found;
};

/** Go's older parser, Helm's and Kustomize's, lets what comes last win; the specification lets a mapping's own value win. */
const refuseContested = (file: YamlFile, { holder, key }: Use, scalar: Node, where: string): void => {
  if (!isMap(holder)) return;
  const [value, ...others] = valuesIn(file, holder, String(key));
  const other = others.find((one) => one !== value);
  const own = holder.items.findIndex((item) => keyText(item.key) === key);
  const first = holder.items.findIndex((item) => isMergeKey(item.key));
  const last = holder.items.findLastIndex((item) => isMergeKey(item.key));
  if (value === scalar && other && (own >= 0 ? last > own : last > first))
    throw new Refused(
      'ambiguous',
      `${where}: a merge key (<<) further down brings another \`${key}\` (${whereIs(file, { node: other })}), and parsers differ in which wins. Keep one merge key, as the mapping's first.`,
    );
};

/**
 * A value that aliases and merge keys share is changed once, for all who share it: refused where one of them is another image,
 * where a digest beside it would stay the old one, or where it is a key, too.
 */
export const refuseSharing = (
  file: YamlFile,
  changed: ReadonlySet<Node>,
  scalar: Node,
  repository: string | undefined,
): void => {
  const where = whereIs(file, { node: scalar });
  let known = repository;
  const isKnown = (name: string | undefined): boolean =>
    name !== undefined && known !== undefined && meansRepository(name, known);
  for (const use of occurrencesOf(file, scalar)) {
    const { holder, key, isKey } = use;
    if (isKey) {
      if (use.node === scalar) continue;
      throw new Refused(
        'shared-value',
        `${where}: the value is also a key, by an alias in ${whereIs(file, use)}. Write it out there.`,
      );
    }
    refuseContested(file, use, scalar, where);
    const image = imageNameBeside(file, holder, String(key));
    if (image && !changed.has(image.node) && known !== undefined && ![image.name, image.alias].some(isKnown))
      throw new Refused(
        'shared-value',
        `${where}: the value also serves the image ${image.name} (${whereIs(file, image)}), not only ${known}, by an anchor. Write each image's value itself.`,
      );
    known ??= image?.name;
    if (!tagKeys.includes(String(key))) continue;
    const digest = digestsIn(file, holder).find((node) => !changed.has(node));
    if (digest)
      throw new Refused(
        'shared-value',
        `${whereIs(file, { node: digest })}: this digest would stay the old one beside the new tag (${where}), and win. Remove it, or name a key that leads to both.`,
      );
  }
};
