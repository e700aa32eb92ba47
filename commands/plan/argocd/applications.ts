import * as z from 'zod';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { type Manifest, readManifests } from '../manifests.ts';
import { type Application, applicationSchema, sourcesOf } from './application.ts';
import { parametersOf } from './generators.ts';
import { render } from './render.ts';

const setSchema = z.object({
  apiVersion: z.string().startsWith('argoproj.io/'),
  kind: z.literal('ApplicationSet'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ generators: z.array(z.unknown()), template: z.record(z.string(), z.unknown()) }),
});

const listSchema = z.object({ kind: z.string().endsWith('List'), items: z.array(z.unknown()) });

/** The most that one set makes here. */
const mostOfSet = 5000;

const declared = (value: unknown, manifest: Manifest, set?: string): Application[] => {
  const application = applicationSchema.safeParse(value).data;
  if (application === undefined) return [];
  const { file, line, where } = manifest;
  return [{ name: application.metadata.name, file, line, where, set, sources: sourcesOf(application.spec) }];
};

const made = (manifest: Manifest, { metadata, spec }: z.infer<typeof setSchema>, snapshot: Snapshot): Application[] =>
  spec.generators
    .flatMap((generator) => parametersOf(generator, snapshot))
    .slice(0, mostOfSet)
    .flatMap((parameters) => {
      const template = render(spec.template, parameters);
      const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' };
      return declared({ ...(typeof template === 'object' ? template : {}), ...head }, manifest, metadata.name);
    });

const inManifest = (manifest: Manifest, snapshot: Snapshot): Application[] => {
  const list = listSchema.safeParse(manifest.value).data;
  if (list) return list.items.flatMap((value) => inManifest({ ...manifest, value }, snapshot));
  const set = setSchema.safeParse(manifest.value).data;
  return set ? made(manifest, set, snapshot) : declared(manifest.value, manifest);
};

/**
 * The applications of Argo CD that a repository declares, and those that its ApplicationSets make: of list and Git
 * generators and their products all; of others (clusters, pull requests) what does not depend on them.
 */
export const findApplications = (snapshot: Snapshot) => {
  const { manifests, unreadable } = readManifests(snapshot, (_, text) =>
    /\bkind\b["']?\s*:\s*["']?Application/.test(text),
  );
  return { applications: manifests.flatMap((manifest) => inManifest(manifest, snapshot)), unreadable };
};
