import { type Cursor, childOf, itemsOf } from './cursor.ts';
import { type FoundImage, found, foundReference, textAt } from './found-image.ts';
import { type Place, placeOf } from './place.ts';
import { parseReference } from './reference.ts';
import type { YamlFile } from './yaml-file.ts';

/** `{ name: image.tag, value: v1 }`, as `helm --set` would have it. */
type Parameters = ReadonlyMap<string, Cursor>;

const parametersOf = (file: YamlFile, list: Cursor): Parameters =>
  new Map(
    itemsOf(list).flatMap((item): [string, Cursor][] => {
      const [name, value] = [childOf(item, 'name'), childOf(item, 'value')];
      const text = name && textAt(file, name);
      return text && value ? [[text, value]] : [];
    }),
  );

const textOf = (file: YamlFile, value: Cursor | undefined): string | undefined => value && textAt(file, value);

/** A tag, with the repository that other parameters of the same prefix name, or else the values that it overrides. */
const besideRepository = (
  file: YamlFile,
  parameters: Parameters,
  prefix: string,
  overridden: ReadonlyMap<string, readonly string[]>,
): FoundImage[] => {
  const [registry, repository] = ['registry', 'repository'].map((key) => textOf(file, parameters.get(prefix + key)));
  const [tag, digest] = ['tag', 'digest'].map((key) => parameters.get(prefix + key));
  const at = tag ?? digest;
  if (at === undefined || !textAt(file, at)) return [];
  const name = registry && repository ? `${registry}/${repository}` : repository;
  const names = name === undefined ? (overridden.get(prefix.replace(/\.$/, '')) ?? []) : [name];
  const place = (cursor: Cursor): Place => placeOf(file, cursor, `the parameter ${prefix}tag`);
  return [
    found(file, at, 'argocd', name?.includes('{{') ? [] : names, () => ({
      file,
      ...(tag && { tag: place(tag) }),
      ...(digest && { digest: place(digest) }),
    })),
  ];
};

/**
 * The images that parameters set: `image.repository` and `image.tag`, or `image` as a whole. `overridden` are the names of the
 * images in the same source's values, by their key there.
 */
export const imagesInParameters = (
  file: YamlFile,
  list: Cursor,
  overridden: ReadonlyMap<string, readonly string[]>,
): FoundImage[] => {
  const parameters = parametersOf(file, list);
  const prefixes = new Set(
    [...parameters.keys()].flatMap((name) => /^(|.*\.)(?:tag|digest)$/.exec(name)?.slice(1, 2) ?? []),
  );
  const whole = [...parameters].filter(([name, value]) => {
    const { tag, digest } = parseReference(textAt(file, value) ?? '');
    return /(^|\.)image$/.test(name) && (tag !== undefined || digest !== undefined);
  });
  return [
    ...[...prefixes].flatMap((prefix) => besideRepository(file, parameters, prefix, overridden)),
    ...whole.flatMap(([, value]) => foundReference(file, value, 'argocd') ?? []),
  ];
};
