import type { Image } from '#events/image.ts';
import type { Edit, Written } from '../intent.ts';
import type { Snapshot } from '../snapshot.ts';
import { addEntry } from './add-entry.ts';
import { findSpots } from './find-spots.ts';
import { changed } from './manifest-file.ts';
import { replacementsAt, writtenAt } from './spot.ts';

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
