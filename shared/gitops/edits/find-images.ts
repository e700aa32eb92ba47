import { rootsOf } from './cursor.ts';
import type { FoundImage } from './found-image.ts';
import { imagesInKustomization, kustomizationNames } from './kustomize.ts';
import { imagesInManifest, isManifest } from './manifests.ts';
import { imagesInValues } from './values-images.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** Kustomize knows its files by name: `kind` may be missing. */
export const isKustomization = (path: string): boolean =>
  kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));

/** Every image of a file that is read already. */
export const imagesIn = (file: YamlFile): FoundImage[] => {
  if (isKustomization(file.path)) return imagesInKustomization(file);
  return rootsOf(file).flatMap((root) =>
    isManifest(root) ? imagesInManifest(file, root) : imagesInValues(file, root),
  );
};

/**
 * Every place in a file that says which image runs, in the file's order by document, whatever the file's format: a
 * kustomization by its name, Kubernetes manifests by `apiVersion` and `kind`, Helm values otherwise.
 *
 *     for (const { line, repositories, written, spot } of findImages('apps/checkout/deployment.yaml', bytes)) …
 *
 * `repositories[0]` is the image that runs, `written` its tag and digest, and where `spot` is a `Refused`, an edit of this
 * place would be refused with that message. `key` is what a service's `edits` would name. Throws `Refused` when the file
 * can't be read at all (a template, no YAML, not UTF-8).
 */
export const findImages = (path: string, content: Buffer): FoundImage[] => imagesIn(readYaml(path, content));
