import { imagesInApplication, imagesInString } from './argocd.ts';
import { type Cursor, childOf, itemsOf, rootsOf } from './cursor.ts';
import { type FoundImage, textAt } from './found-image.ts';
import { imagesInEntries, imagesInKustomization, kustomizationNames } from './kustomize.ts';
import { readManifest } from './manifest-file.ts';
import { imagesInManifest, isManifest } from './manifests.ts';
import { withMarkers } from './markers.ts';
import { imagesInValues } from './values-images.ts';
import type { YamlFile } from './yaml-file.ts';

/** Kustomize knows its files by name: `kind` may be missing. */
export const isKustomization = (path: string): boolean =>
  kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));

/** The values that Flux's HelmRelease and K3s's HelmChart give to a chart. */
const imagesInRelease = (file: YamlFile, root: Cursor): FoundImage[] => {
  const spec = childOf(root, 'spec');
  const values = spec && childOf(spec, 'values');
  const content = spec && childOf(spec, 'valuesContent');
  return [...(values ? imagesInValues(file, values) : []), ...(content ? imagesInString(file, content) : [])];
};

/** Flux's object of that kind has `images` in its `spec`. */
const imagesInFluxKustomization = (file: YamlFile, root: Cursor): FoundImage[] => {
  const spec = childOf(root, 'spec');
  const images = spec && childOf(spec, 'images');
  return images ? imagesInEntries(file, images) : [];
};

const imagesInObject = (file: YamlFile, root: Cursor): FoundImage[] => {
  const kind = childOf(root, 'kind');
  const kindName = (kind && textAt(file, kind)) ?? '';
  const items = childOf(root, 'items');
  if (kindName.endsWith('List') && items) return itemsOf(items).flatMap((item) => imagesInObject(file, item));
  if (kindName === 'Kustomization') return imagesInFluxKustomization(file, root);
  if (['HelmRelease', 'HelmChart', 'HelmChartConfig'].includes(kindName)) return imagesInRelease(file, root);
  return imagesInApplication(file, root) ?? imagesInManifest(file, root);
};

/** The values that a kustomization gives to its charts in the file itself. */
const imagesInCharts = (file: YamlFile): FoundImage[] =>
  rootsOf(file)
    .flatMap((root) => childOf(root, 'helmCharts') ?? [])
    .flatMap(itemsOf)
    .flatMap((chart) => childOf(chart, 'valuesInline') ?? [])
    .flatMap((values) => imagesInValues(file, values));

const imagesByShape = (file: YamlFile): FoundImage[] => {
  if (isKustomization(file.path)) return [...imagesInKustomization(file), ...imagesInCharts(file)];
  return rootsOf(file).flatMap((root) => (isManifest(root) ? imagesInObject(file, root) : imagesInValues(file, root)));
};

/** An edit looks twice into the same file: for what it says now, and for where. Of older files nothing is kept. */
let latest: { readonly file: YamlFile; readonly images: readonly FoundImage[] } | undefined;

/** Every image of a file that is read already. */
export const imagesIn = (file: YamlFile): readonly FoundImage[] => {
  if (latest?.file !== file) latest = { file, images: withMarkers(file, imagesByShape(file)) };
  return latest.images;
};

/**
 * Every place in a file that says which image runs, in the file's order by document, whatever the file's format: a
 * kustomization by its name, Kubernetes manifests by `apiVersion` and `kind` (Argo CD's applications and Flux's releases with
 * the values in them), Helm values otherwise; and what only Flux's markers tell.
 *
 *     for (const { line, repositories, written, spot } of findImages('apps/checkout/deployment.yaml', bytes)) …
 *
 * `repositories[0]` is the image that runs, `written` its tag and digest, and where `spot` is a `Refused`, an edit of this
 * place would be refused with that message. `key` is what a service's `edits` would name. Throws `Refused` when the file
 * can't be read at all (a template, no YAML, not UTF-8).
 */
export const findImages = (path: string, content: Buffer): readonly FoundImage[] =>
  imagesIn(readManifest(path, content));
