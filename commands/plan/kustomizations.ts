import * as z from 'zod';
import { kustomizationNames } from '#shared/gitops/edits/kustomize.ts';
import type { Entry, Snapshot } from '#shared/gitops/snapshot.ts';
import { readManifests } from './manifests.ts';
import { folderOf, nameOf, pathFrom } from './repository.ts';

const namesSchema = z.array(z.string()).catch([]);

/** A patch's file by `path`, or its bare name, as people write it too. */
const patchesSchema = z
  .array(
    z
      .union([z.string().transform((path) => ({ path })), z.object({ path: z.string().optional().catch(undefined) })])
      .catch({ path: undefined }),
  )
  .catch([]);

const kustomizationSchema = z.object({
  resources: namesSchema,
  bases: namesSchema,
  components: namesSchema,
  patchesStrategicMerge: namesSchema,
  patches: patchesSchema,
  patchesJson6902: patchesSchema,
});

/** The file that makes a folder a kustomization. */
export const kustomizationIn = (folder: string, entries: ReadonlyMap<string, Entry>): string | undefined =>
  kustomizationNames.map((name) => (folder === '' ? name : `${folder}/${name}`)).find((file) => entries.has(file));

/** Which kustomization takes what from where. Files by their paths; a kustomization is named by its file. */
export interface Kustomizations {
  /** What a kustomization names itself: files, and other kustomizations. */
  direct(kustomization: string): readonly string[];
  /** The kustomization and everything that it takes, at any depth. */
  reached(kustomization: string): ReadonlySet<string>;
  /** Those that nobody else takes, and that take this file. */
  rootsOf(file: string): readonly string[];
}

const namedIn = (value: unknown): string[] => {
  const read = kustomizationSchema.safeParse(value).data;
  if (read === undefined) return [];
  const patches = [...read.patches, ...read.patchesJson6902].flatMap(({ path }) => path ?? []);
  return [...read.resources, ...read.bases, ...read.components, ...read.patchesStrategicMerge, ...patches];
};

/** Reads how the kustomizations of a repository build on each other. What lies elsewhere (a URL) is left out. */
export const readKustomizations = (snapshot: Snapshot): Kustomizations => {
  const { entries } = snapshot;
  const { manifests } = readManifests(snapshot, (path) => kustomizationNames.includes(nameOf(path)));
  const fileOf = (folder: string, name: string): string[] => {
    const path = name.includes('://') ? undefined : pathFrom(folder, name);
    if (path === undefined) return [];
    const file = entries.get(path)?.mode === '040000' || path === '' ? kustomizationIn(path, entries) : path;
    return file !== undefined && entries.has(file) ? [file] : [];
  };
  const taken = new Map(
    manifests.map(({ file, value }) => [file, namedIn(value).flatMap((name) => fileOf(folderOf(file), name))]),
  );
  const follow = (kustomization: string): ReadonlySet<string> => {
    const all = new Set([kustomization]);
    for (const file of all) for (const next of taken.get(file) ?? []) all.add(next);
    return all;
  };
  const known = new Map<string, ReadonlySet<string>>();
  const reached = (kustomization: string): ReadonlySet<string> => {
    const all = known.get(kustomization) ?? follow(kustomization);
    known.set(kustomization, all);
    return all;
  };
  const inner = new Set([...taken].flatMap(([file, files]) => files.filter((one) => one !== file)));
  const roots = new Map<string, string[]>();
  for (const root of taken.keys()) {
    if (inner.has(root)) continue;
    for (const file of reached(root)) roots.set(file, [...(roots.get(file) ?? []), root]);
  }
  return {
    direct: (kustomization) => taken.get(kustomization) ?? [],
    reached,
    rootsOf: (file) => roots.get(file) ?? [],
  };
};
