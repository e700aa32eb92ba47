import type { Edit } from '../intent.ts';
import { repositoryPath } from '../paths.ts';
import { Refused } from '../refused.ts';
import { type Entry, refuseIndirection } from '../snapshot.ts';
import { kustomizationNames } from './kustomize.ts';

type Entries = ReadonlyMap<string, Entry>;

/** The most manifests that are read of one folder: more is hardly one service's. */
const mostManifests = 200;

const manifestPattern = /^(?!\.).+\.(ya?ml|json)$/;
const valuesPattern = /^values(?:[-_.].*)?\.ya?ml$/;
const besidesManifests = /^(Chart\.ya?ml|values\.schema\.json)$/;

/** What stands in a folder itself, by name, each with its mode. */
const membersOf = (folder: string, entries: Entries): Map<string, string> => {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = [...entries].filter(([path]) => path.startsWith(prefix) && !path.includes('/', prefix.length));
  return new Map(inside.map(([path, { mode }]) => [path.slice(prefix.length), mode]));
};

/** Whether Helm reads this file: values, by the name that everybody gives them. */
export const isValuesFile = (path: string): boolean => valuesPattern.test(path.slice(path.lastIndexOf('/') + 1));

const oneKustomization = (present: readonly string[], path: string): string[] => {
  if (present.length > 1)
    throw new Refused(
      'ambiguous',
      `${present.map((name) => `${path}/${name}`).join(' and ')} stand side by side, which Kustomize refuses. Keep one.`,
    );
  return [...present];
};

/** What a folder holds decides: a kustomization, with what it may name; a chart's values; else all manifests, and values. */
const chosenIn = (path: string, members: ReadonlyMap<string, string>): string[] => {
  const names = [...members.keys()].toSorted();
  const manifests = names.filter(
    (name) => manifestPattern.test(name) && !besidesManifests.test(name) && members.get(name)?.startsWith('100'),
  );
  const kustomizations = kustomizationNames.filter((name) => members.has(name));
  if (kustomizations.length > 0) {
    const beside = manifests.filter((name) => !kustomizations.includes(name));
    return [...oneKustomization(kustomizations, path), ...(beside.length < mostManifests ? beside : [])];
  }
  return members.has('Chart.yaml') ? names.filter(isValuesFile) : manifests;
};

const filesInFolder = (path: string, entries: Entries): string[] => {
  const folder = repositoryPath(path);
  refuseIndirection({ entries }, folder);
  const names = chosenIn(folder === '' ? '.' : folder, membersOf(folder, entries));
  if (names.length === 0)
    throw new Refused(
      'no-file',
      `${path} holds no ${kustomizationNames.join(', ')}, no Helm values and no manifests (*.yaml, *.yml, *.json) in the GitOps repository. Correct the path, or name the \`file\`.`,
    );
  if (names.length > mostManifests)
    throw new Refused(
      'ambiguous',
      `${path} holds ${names.length} manifests, more than the ${mostManifests} that are read. Name the \`file\` that holds the image.`,
    );
  return names.map((name) => (folder === '' ? name : `${folder}/${name}`));
};

const fileByName = (name: string, entries: Entries): string => {
  const file = repositoryPath(name);
  refuseIndirection({ entries }, file);
  if (!entries.has(file))
    throw new Refused('no-file', `${name} is not in the GitOps repository. Correct the name in the configuration.`);
  return file;
};

/** The files that an edit may change, told from their names alone, so that only these are fetched. */
export const filesOf = (edit: Edit, entries: Entries): string[] => {
  const files = 'path' in edit ? filesInFolder(edit.path, entries) : [fileByName(edit.file, entries)];
  for (const file of files) {
    refuseIndirection({ entries }, file);
    if (!entries.get(file)?.mode.startsWith('100'))
      throw new Refused('no-file', `${file} is a folder. Name the file in it that holds the image.`);
  }
  return files;
};
