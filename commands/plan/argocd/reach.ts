import { foldersAbove } from '#shared/gitops/paths.ts';
import { type Kustomizations, kustomizationIn } from '../kustomizations.ts';
import { folderOf, isBelow, isSameRepository, pathFrom, type Repository } from '../repository.ts';
import type { Application, Source } from './application.ts';

/** Whether a chart takes a file of its folder whatever the application says. */
const isOfChart = (path: string, folder: string): boolean => {
  const below = folder === '' ? path : path.slice(folder.length + 1);
  return below === 'values.yaml' || /^(templates|charts|crds)\//.test(below);
};

/** Without `recurse` Argo CD takes the manifests of the folder itself. */
const isIn = (file: string, folder: string, recurse: boolean): boolean =>
  recurse ? isBelow(file, folder) : folderOf(file) === folder;

const isOfThis = ({ repoURL }: Source, { url }: Repository): boolean =>
  url === undefined || repoURL.includes('{{') || isSameRepository(repoURL, url);

const valueFilesOf = (source: Source, { sources }: Application, repository: Repository): string[] =>
  (source.helm?.valueFiles ?? []).flatMap((file) => {
    const [, ref, rest] = /^\$([^/]+)\/(.+)$/.exec(file) ?? [];
    const elsewhere = ref === undefined ? source : sources.find((one) => one.ref === ref);
    if (elsewhere === undefined || !isOfThis(elsewhere, repository)) return [];
    return pathFrom(ref === undefined ? (source.path ?? '') : '', rest ?? file) ?? [];
  });

/** The folders that an application renders: those of its sources that are in this repository. */
const foldersOf = ({ sources }: Application, repository: Repository) =>
  sources.flatMap((source) => {
    if (source.path === undefined || source.ref !== undefined || !isOfThis(source, repository)) return [];
    const folder = pathFrom('', source.path);
    const isThere = folder === '' || repository.snapshot.entries.get(folder ?? '')?.mode === '040000';
    return folder !== undefined && isThere ? [{ folder, recurse: source.directory?.recurse ?? false }] : [];
  });

/** An application, and how it takes the files of a folder that is no kustomization. */
interface Taker {
  readonly application: Application;
  readonly takes: (file: string) => boolean;
}

const pushTo = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
};

/** Of a file, the applications that a change of it changes. */
export const createReach = (
  applications: readonly Application[],
  repository: Repository,
  kustomizations: Kustomizations,
): ((file: string) => readonly Application[]) => {
  const { entries } = repository.snapshot;
  const byFile = new Map<string, Application[]>();
  const byFolder = new Map<string, Taker[]>();
  const takeFolder = (application: Application, folder: string, recurse: boolean): void => {
    const kustomization = kustomizationIn(folder, entries);
    const isChart = entries.has(folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`);
    const takes = (file: string): boolean => (isChart ? isOfChart(file, folder) : isIn(file, folder, recurse));
    if (kustomization === undefined) pushTo(byFolder, folder, { application, takes });
    else for (const file of kustomizations.reached(kustomization)) pushTo(byFile, file, application);
  };
  for (const application of applications) {
    for (const file of application.sources.flatMap((source) => valueFilesOf(source, application, repository)))
      pushTo(byFile, file, application);
    for (const { folder, recurse } of foldersOf(application, repository)) takeFolder(application, folder, recurse);
  }
  return (file) => {
    const below = ['', ...foldersAbove(file)]
      .flatMap((folder) => byFolder.get(folder) ?? [])
      .flatMap(({ application, takes }) => (takes(file) ? [application] : []));
    return [...new Set([...(byFile.get(file) ?? []), ...below])];
  };
};

/** The values files that are used together with a chart's folder, by what applications say. */
export const valuesBeside = (applications: readonly Application[], repository: Repository) => {
  const beside = new Map<string, Set<string>>();
  for (const application of applications) {
    for (const source of application.sources) {
      const folder = source.path === undefined ? undefined : pathFrom('', source.path);
      if (folder === undefined) continue;
      const files = beside.get(folder) ?? new Set();
      for (const file of valueFilesOf(source, application, repository)) files.add(file);
      beside.set(folder, files);
    }
  }
  return (folder: string): readonly string[] => [...(beside.get(folder) ?? [])];
};
