import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '#shared/gitops/snapshot.ts';
import { kustomizationIn } from '../kustomizations.ts';
import { folderOf, nameOf } from '../repository.ts';
import type { SeenImage } from '../seen-image.ts';
import { distinctions, environmentOf } from './environment-name.ts';

/** Places of one image that change together: one environment. */
export interface Unit {
  readonly environment: string;
  /** Nothing in the repository says how it is called. */
  readonly guessed: boolean;
  readonly images: readonly SeenImage[];
  /** The folder whose contents decide; undefined where the very places are named. */
  readonly path?: string | undefined;
  /** Otherwise the files, and the keys in them where the file says it several times. */
  readonly files: readonly { readonly file: string; readonly key?: string | undefined }[];
}

type Entries = ReadonlyMap<string, Entry>;

const isOneFolder = (images: readonly SeenImage[]): boolean =>
  new Set(images.map(({ file }) => folderOf(file))).size === 1;

const isInKustomization = ({ format }: SeenImage): boolean => format === 'kustomize';

const isChart = (folder: string, entries: Entries): boolean =>
  entries.has(folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`);

/** The folder, where its contents alone lead to these places: its kustomization, or plain manifests that agree. */
const pathOf = (images: readonly SeenImage[], entries: Entries): string | undefined => {
  const [first] = images;
  if (first === undefined || !isOneFolder(images)) return undefined;
  const folder = folderOf(first.file);
  const path = folder === '' ? '.' : folder;
  if (images.every(isInKustomization)) return path;
  const isPlain = images.every(({ format }) => format === 'manifest');
  const agree = images.every(({ written }) => isDeepStrictEqual(written, first.written));
  const decided = kustomizationIn(folder, entries) !== undefined || isChart(folder, entries);
  return isPlain && agree && !decided ? path : undefined;
};

/** Whether a file is enough to find them, which is better than a key that counts list items: these move. */
const isFileEnough = (inFile: readonly SeenImage[], all: readonly SeenImage[]): boolean =>
  inFile.some(({ key }) => key.includes('[')) &&
  inFile.every(({ written }) => isDeepStrictEqual(written, inFile[0]?.written)) &&
  all.every((image) => image.file !== inFile[0]?.file || image.gitops !== inFile[0]?.gitops || inFile.includes(image));

const filesOf = (images: readonly SeenImage[], all: readonly SeenImage[]): Unit['files'] =>
  [...Map.groupBy(images, ({ file }) => file)].flatMap(([file, inFile]) =>
    isFileEnough(inFile, all) ? [{ file }] : inFile.map(({ key }) => ({ file, key })),
  );

/** A kustomization stands for itself; manifests go by their folder, and values by their file. */
const placeKey = (image: SeenImage): string => {
  const of = image.format === 'manifest' ? folderOf(image.file) : image.file;
  return JSON.stringify([image.gitops, of]);
};

const numbered = (names: readonly string[]): string[] =>
  names.map((name, at) => (names.indexOf(name) === at ? name : `${name}-${at + 1}`));

const joined = (name: string, guessed: boolean, more: string): string => {
  if (more === '') return name;
  return (guessed ? more : `${name}-${more}`).slice(0, 55).replace(/-+$/, '');
};

/** The environments in which one image runs. Two of the same name are told apart by what their paths do not share. */
export const unitsOf = (
  images: readonly SeenImage[],
  service: string,
  entriesOf: (gitops: string) => Entries,
): Unit[] => {
  const named = images.map((image) => ({ image, ...environmentOf(image.file, service) }));
  const units = [...Map.groupBy(named, ({ name }) => name)].flatMap(([name, members]) => {
    const places = [...Map.groupBy(members, ({ image }) => placeKey(image)).values()];
    const files = places.flatMap(([first]) => (first ? [first.image.file] : []));
    const more = places.length > 1 ? distinctions(files, name) : [''];
    return places.map((place, at) => ({
      environment: joined(name, place[0]?.guessed ?? true, more[at] ?? ''),
      guessed: place[0]?.guessed ?? true,
      images: place.map(({ image }) => image),
    }));
  });
  const unique = numbered(units.map(({ environment }) => environment));
  return units.map((unit, at) => {
    const [first] = unit.images;
    const elsewhere = images.filter((image) => first && isSibling(image, first) && !unit.images.includes(image));
    const path = elsewhere.length > 0 ? undefined : pathOf(unit.images, entriesOf(first?.gitops ?? ''));
    return { ...unit, environment: unique[at] ?? unit.environment, path, files: filesOf(unit.images, images) };
  });
};

/** In the same folder, of which a path would mean both. A kustomization alone decides for its own. */
const isSibling = (one: SeenImage, other: SeenImage): boolean =>
  one.gitops === other.gitops &&
  folderOf(one.file) === folderOf(other.file) &&
  !(isInKustomization(other) && nameOf(one.file) !== nameOf(other.file));
