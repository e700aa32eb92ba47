import type { Image } from '#events/image.ts';
import type { Edit, Written } from '../intent.ts';
import { repositoryPath } from '../paths.ts';
import { Refused } from '../refused.ts';
import { type Entry, refuseIndirection, type Snapshot } from '../snapshot.ts';
import { findInKustomization, kustomizationNames } from './kustomize.ts';
import { splice } from './splice.ts';
import { replacementsAt, type Spot, writtenAt } from './spot.ts';
import { findInValues } from './values.ts';
import { readYaml } from './yaml-file.ts';

type Entries = ReadonlyMap<string, Entry>;

const fileInFolder = (path: string, entries: Entries): string => {
  const folder = repositoryPath(path);
  refuseIndirection({ entries }, folder);
  const present = kustomizationNames
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .filter((file) => entries.has(file));
  const [file, ...others] = present;
  if (file === undefined)
    throw new Refused(
      'no-file',
      `${path} holds no ${kustomizationNames.join(', ')} in the GitOps repository. Correct the path, or name a \`file\` and \`key\`.`,
    );
  if (others.length > 0)
    throw new Refused('ambiguous', `${present.join(' and ')} stand side by side, which Kustomize refuses. Keep one.`);
  return file;
};

const fileByName = (name: string, entries: Entries): string => {
  const file = repositoryPath(name);
  refuseIndirection({ entries }, file);
  if (!entries.has(file))
    throw new Refused('no-file', `${name} is not in the GitOps repository. Correct the name in the configuration.`);
  return file;
};

/** The file that an edit changes. */
export const fileOf = (edit: Edit, entries: Entries): string => {
  const file = 'path' in edit ? fileInFolder(edit.path, entries) : fileByName(edit.file, entries);
  refuseIndirection({ entries }, file);
  if (!entries.get(file)?.mode.startsWith('100'))
    throw new Refused('no-file', `${file} is a folder. Name the file in it that holds the image.`);
  return file;
};

const findSpot = (edit: Edit, repository: string, { entries, contents }: Snapshot): Spot => {
  const file = fileOf(edit, entries);
  const yaml = readYaml(file, contents.get(file) ?? Buffer.alloc(0));
  return 'path' in edit ? findInKustomization(yaml, repository) : findInValues(yaml, edit.key, repository);
};

/** What a manifest says now of an image, at the place that an edit means. */
export const readWritten = (edit: Edit, repository: string, snapshot: Snapshot): Written =>
  writtenAt(findSpot(edit, repository, snapshot));

/** The file with the image in it: exactly one place changes, or the edit is refused. */
export const applyEdit = (
  edit: Edit,
  { image, pin }: { image: Image; pin: boolean },
  snapshot: Snapshot,
): { path: string; content: Buffer } => {
  const spot = findSpot(edit, image.repository, snapshot);
  return { path: spot.file.path, content: splice(spot.file, replacementsAt(spot, image, pin)) };
};
