import type { Image } from '#events/image.ts';
import type { Edit, Written } from '../intent.ts';
import { Refused } from '../refused.ts';
import type { Snapshot } from '../snapshot.ts';
import { addEntry } from './add-entry.ts';
import { placesFor } from './choose.ts';
import { imagesIn, isKustomization } from './find-images.ts';
import { filesOf, isValuesFile } from './folder.ts';
import { findInKustomization } from './kustomize.ts';
import { changed, readManifest } from './manifest-file.ts';
import { refuseOverridden } from './several-values.ts';
import { replacementsAt, type Spot, writtenAt } from './spot.ts';
import { findInValues } from './values.ts';

/** What is read of one folder at most, in bytes. */
const mostBytes = 16 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/** Of a folder's many files most need no parsing. A repository may be written in parts, but its last word never is. */
const mayName = (content: Buffer, repository: string): boolean =>
  content.includes(repository.slice(repository.lastIndexOf('/') + 1));

const spotsInFiles = (files: readonly string[], repository: string, looked: string, snapshot: Snapshot): Spot[] => {
  const contents = files.map((path) => ({ path, content: snapshot.contents.get(path) ?? nothing }));
  if (contents.reduce((sum, { content }) => sum + content.length, 0) > mostBytes)
    throw new Refused(
      'not-text',
      `${looked} holds manifests of more than ${mostBytes} bytes. Name the \`file\` that holds the image.`,
    );
  const likely = files.length === 1 ? contents : contents.filter(({ content }) => mayName(content, repository));
  const found = likely.flatMap(({ path, content }) => imagesIn(readManifest(path, content)));
  const places = placesFor(found, repository, files.length === 1 ? `${files[0]}:1` : looked);
  const values = contents.filter(({ path }) => isValuesFile(path));
  if (values.length > 1)
    refuseOverridden(
      places,
      values.map(({ path, content }) => readManifest(path, content)),
    );
  return places.flatMap(({ spot }) => (spot instanceof Refused ? [] : [spot]));
};

const findSpots = (edit: Edit, repository: string, snapshot: Snapshot): Spot[] => {
  const files = filesOf(edit, snapshot.entries);
  const [first] = files;
  if (first !== undefined && 'file' in edit && edit.key !== undefined)
    return [findInValues(readManifest(first, snapshot.contents.get(first) ?? nothing), edit.key, repository)];
  if (first !== undefined && isKustomization(first))
    return [
      findInKustomization(
        readManifest(first, snapshot.contents.get(first) ?? nothing),
        repository,
        'path' in edit && edit.addMissing,
      ),
    ];
  return spotsInFiles(files, repository, 'path' in edit ? edit.path : edit.file, snapshot);
};

/** What the manifests say now of an image, at the places that an edit means, and in which files these are. */
export const readEdit = (edit: Edit, repository: string, snapshot: Snapshot): { files: string[]; written: Written } => {
  const spots = findSpots(edit, repository, snapshot);
  const [first] = spots; // all of them say the same
  return { files: [...new Set(spots.map(({ file }) => file.path))], written: first ? writtenAt(first) : {} };
};

/** The files with the image in them: the places that the edit means change, and nothing else; or it is refused. */
export const applyEdit = (
  edit: Edit,
  { image, pin }: { image: Image; pin: boolean },
  snapshot: Snapshot,
): { path: string; content: Buffer }[] => {
  const spots = findSpots(edit, image.repository, snapshot);
  const changes = spots.map((spot) => ({ file: spot.file, replacements: replacementsAt(spot, image, pin) }));
  const added = spots.flatMap(({ file, addition }) =>
    addition ? [{ path: file.path, content: addEntry(file, addition, image, pin) }] : [],
  );
  return added.length > 0 ? added : changed(changes, image.repository);
};
