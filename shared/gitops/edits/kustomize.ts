import { isMap } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, childOf, itemsOf, rootsOf, whereIs } from './cursor.ts';
import { type FoundImage, found } from './found-image.ts';
import { textIn } from './image-name.ts';
import { isEmpty, placeOf } from './place.ts';
import { canonical, parseReference } from './reference.ts';
import type { Spot } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

/** The names that Kustomize looks for, of which a folder may have one. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const names = (entry: Cursor): (string | undefined)[] =>
  ['name', 'newName'].map((key) => textIn(entry.file, entry.node, key)?.name);

/** Kustomize puts the tag behind newName as it is, so that one with a tag of its own would get two. */
const refuseTagInName = (entry: Cursor, repository: string): void => {
  const name = textIn(entry.file, entry.node, 'newName');
  if (name && name.name !== repository && parseReference(name.name).repository === repository)
    throw new Refused(
      'no-tag',
      `${whereIs(entry.file, name)}: newName holds more than a name, and Kustomize would put a tag behind it. Move what follows ${repository} to newTag or digest.`,
    );
};

const spotIn = (entry: Cursor, repository: string): Spot => {
  const { file } = entry;
  const filled = (key: string): Cursor | undefined => {
    const child = childOf(entry, key);
    return child && !isEmpty(child) ? child : undefined;
  };
  const [tag, digest] = [filled('newTag'), filled('digest')];
  const spot = {
    file,
    ...(tag && { tag: placeOf(file, tag, 'newTag') }),
    ...(digest && { digest: placeOf(file, digest, 'digest') }),
  };
  if (!spot.tag?.text && !spot.digest?.text)
    throw new Refused(
      'no-tag',
      `${whereIs(file, entry)}: the entry for ${repository} has neither newTag nor digest. Write the image that runs now.`,
    );
  return spot;
};

/** Entries that aliases make one count as one. */
const isSameSpot = (entry: Cursor, other: Cursor): boolean =>
  ['newTag', 'digest'].every((key) => childOf(entry, key)?.node === childOf(other, key)?.node);

/** The entry for a repository in lists such as Kustomize's `images`; `undefined` where there is none. */
export const findInImages = (lists: readonly Cursor[], repository: string): Spot | undefined => {
  const entries = lists.flatMap(itemsOf);
  for (const entry of entries) refuseTagInName(entry, repository);
  const matches = entries.filter((entry) =>
    names(entry).some((name) => name !== undefined && canonical(name) === canonical(repository)),
  );
  const [entry, ...others] = matches;
  if (entry === undefined) return undefined;
  if (others.some((other) => !isSameSpot(entry, other))) {
    const lines = matches.map((match) => whereIs(match.file, match)).join(', ');
    throw new Refused('ambiguous', `${lines}: ${matches.length} entries of \`images\` name ${repository}. Keep one.`);
  }
  return spotIn(entry, repository);
};

const isKustomization = ({ file, node }: Cursor): boolean => {
  const kind = textIn(file, node, 'kind')?.name ?? 'Kustomization';
  const version = textIn(file, node, 'apiVersion')?.name ?? 'kustomize.config.k8s.io/';
  return isMap(node) && ['Kustomization', 'Component'].includes(kind) && version.startsWith('kustomize.config.k8s.io/');
};

/** The entry of `images` for a repository, by `name` or `newName`; or, with `addMissing`, the place for a new one. */
export const findInKustomization = (file: YamlFile, repository: string, addMissing = false): Spot => {
  const roots = rootsOf(file);
  const lists = roots.flatMap((root) => childOf(root, 'images') ?? []);
  const spot = findInImages(lists, repository);
  if (spot) return spot;
  const [root] = roots.filter(isKustomization);
  if (addMissing && root) return { file, addition: { root, repository } };
  const [list] = lists;
  throw new Refused(
    'no-entry',
    `${list ? whereIs(file, list) : `${file.path}:1`}: no entry of \`images\` has the name or newName ${repository}. Add one with a newTag${
      addMissing
        ? '; Fairlead adds none to what is neither a Kustomization nor a Component'
        : ', or let Fairlead do it (`addMissing: true`)'
    }.`,
  );
};

/** Every entry of a list such as `images`. */
export const imagesInEntries = (file: YamlFile, list: Cursor): FoundImage[] =>
  itemsOf(list).map((entry) => {
    const names = ['newName', 'name'].flatMap((key) => textIn(file, entry.node, key)?.name ?? []);
    return found(file, entry, 'kustomize', names, () => {
      refuseTagInName(entry, parseReference(names[0] ?? '').repository);
      return spotIn(entry, names[0] ?? 'an image');
    });
  });

/** Every entry of a kustomization's `images`. */
export const imagesInKustomization = (file: YamlFile): FoundImage[] =>
  rootsOf(file)
    .flatMap((root) => childOf(root, 'images') ?? [])
    .flatMap((list) => imagesInEntries(file, list));
