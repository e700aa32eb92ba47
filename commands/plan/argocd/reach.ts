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

/** Whether a change of the file changes what the application deploys. */
export const createReach = (repository: Repository, kustomizations: Kustomizations) => {
  const { entries } = repository.snapshot;
  const inFolder = (folder: string, recurse: boolean, file: string): boolean => {
    const kustomization = kustomizationIn(folder, entries);
    if (kustomization !== undefined) return kustomizations.reached(kustomization).has(file);
    const isChart = entries.has(folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`);
    return isChart ? isBelow(file, folder) && isOfChart(file, folder) : isIn(file, folder, recurse);
  };
  return (application: Application) => {
    const named = new Set(application.sources.flatMap((source) => valueFilesOf(source, application, repository)));
    const folders = foldersOf(application, repository);
    return (file: string): boolean =>
      named.has(file) || folders.some(({ folder, recurse }) => inFolder(folder, recurse, file));
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
