import { isScalar } from 'yaml';
import type { Edit } from '../intent.ts';
import { Refused } from '../refused.ts';
import type { Snapshot } from '../snapshot.ts';
import { scalarsBelow } from './below.ts';
import { isMeant, placesFor } from './choose.ts';
import { rootsOf } from './cursor.ts';
import { imagesIn, isKustomization } from './find-images.ts';
import { filesOf, isValuesFile } from './folder.ts';
import { orRefused } from './found-image.ts';
import { findInKustomization } from './kustomize.ts';
import { readManifest } from './manifest-file.ts';
import { refuseOverridden } from './several-values.ts';
import type { Spot } from './spot.ts';
import { findInValues } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

/** What is read of one folder at most, in bytes. */
const mostBytes = 16 * 1024 * 1024;

const read = (path: string, { contents }: Snapshot): YamlFile =>
  readManifest(path, contents.get(path) ?? Buffer.alloc(0));

/** Of a folder's many files most need no parsing. A repository may be written in parts, but its last word never is. */
const mayName = (content: Buffer | undefined, repository: string): boolean =>
  content?.includes(repository.slice(repository.lastIndexOf('/') + 1)) ?? false;

const spotsInFiles = (files: readonly string[], repository: string, looked: string, snapshot: Snapshot): Spot[] => {
  const { contents } = snapshot;
  if (files.reduce((sum, path) => sum + (contents.get(path)?.length ?? 0), 0) > mostBytes)
    throw new Refused(
      'not-text',
      `${looked} holds manifests of more than ${mostBytes} bytes. Name the \`file\` that holds the image.`,
    );
  const likely = files.length === 1 ? files : files.filter((path) => mayName(contents.get(path), repository));
  const found = likely.flatMap((path) => imagesIn(read(path, snapshot)));
  const places = placesFor(found, repository, files.length === 1 ? `${files[0]}:1` : looked);
  const values = files.filter(isValuesFile);
  if (values.length > 1)
    refuseOverridden(
      places,
      values.map((path) => read(path, snapshot)),
    );
  return places.flatMap(({ spot }) => (spot instanceof Refused ? [] : [spot]));
};

/** The files beside a kustomization that it names: resources, patches, values of charts, whatever Kustomize reads. */
const namedBy = (kustomization: YamlFile, files: readonly string[]): string[] => {
  const words = rootsOf(kustomization)
    .flatMap(scalarsBelow)
    .flatMap(({ node }) => (isScalar(node) && typeof node.value === 'string' ? [node.value] : []));
  const names = new Set(words.map((word) => word.replace(/^.*=/, '').replace(/^\.\//, '')));
  return files.filter((path) => names.has(path.slice(path.lastIndexOf('/') + 1)));
};

/** An entry of `images`; where there is none, what its charts' values say, or the files beside it that Kustomize takes as they are. */
const spotsInKustomization = (edit: Edit, files: readonly string[], repository: string, snapshot: Snapshot): Spot[] => {
  const [path = '', ...beside] = files;
  const file = read(path, snapshot);
  const entry = orRefused(() => findInKustomization(file, repository, 'path' in edit && edit.addMissing));
  if (!(entry instanceof Refused)) return [entry];
  if (entry.code !== 'no-entry') throw entry;
  const hasValues = imagesIn(file).some((image) => image.format === 'helm' && isMeant(image, repository));
  const named = [...(hasValues ? [path] : []), ...namedBy(file, beside)];
  if (!named.some((name) => mayName(snapshot.contents.get(name), repository))) throw entry;
  const spots = orRefused(() => spotsInFiles(named, repository, path, snapshot));
  if (spots instanceof Refused) throw spots.code === 'no-entry' ? entry : spots;
  return spots;
};

/** The place at a key, with the digest that stands elsewhere and would win over its new tag: in another parameter, by a marker. */
const spotAtKey = (file: YamlFile, key: string, repository: string): Spot => {
  const spot = findInValues(file, key, repository);
  if (spot.tag === undefined || !/argoproj\.io|\$imagepolicy/.test(file.text)) return spot;
  const same = imagesIn(file)
    .filter(({ format, policy }) => format === 'argocd' || policy !== undefined)
    .find((image) => !(image.spot instanceof Refused) && image.spot.tag?.node === spot.tag?.node);
  if (same === undefined || same.spot instanceof Refused) return spot;
  if (same.repositories.length > 0 && !isMeant(same, repository))
    throw new Refused(
      'other-image',
      `${same.path}:${same.line}: this is the image ${same.repositories[0]}, not ${repository}. Correct the key, or the service's \`images\`.`,
    );
  return same.spot;
};

/** Every place that an edit means for an image: one, or several that say the same. */
export const findSpots = (edit: Edit, repository: string, snapshot: Snapshot): Spot[] => {
  const files = filesOf(edit, snapshot.entries);
  const [first = ''] = files;
  if ('file' in edit && edit.key !== undefined) return [spotAtKey(read(first, snapshot), edit.key, repository)];
  if (isKustomization(first)) return spotsInKustomization(edit, files, repository, snapshot);
  return spotsInFiles(files, repository, 'path' in edit ? edit.path : edit.file, snapshot);
};
