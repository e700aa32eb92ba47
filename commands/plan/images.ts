import { findImages } from '#shared/gitops/edits/find-images.ts';
import type { FoundImage } from '#shared/gitops/edits/found-image.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import type { Unreadable } from './manifests.ts';
import { nameOf } from './repository.ts';

/** Only these are parsed: parsing is slow, and few files of a repository say which image runs. */
const mayHoldImage = (content: Buffer): boolean => /image|newTag/i.test(content.toString('latin1'));

/** What runs in builds and on developers' machines is not deployed. */
const isDeployed = (path: string): boolean =>
  /\.(ya?ml|json)$|(^|\/)Kustomization$/i.test(path) &&
  !path.split('/').some((step) => step.startsWith('.')) &&
  !/^(docker-)?compose([.-].*)?\.ya?ml$/.test(nameOf(path));

/** Every place in a repository's files that says which image runs; files that can't be read are told. */
export const imagesIn = ({ contents }: Snapshot) => {
  const images: FoundImage[] = [];
  const unreadable: Unreadable[] = [];
  for (const [path, content] of contents) {
    if (!isDeployed(path) || !mayHoldImage(content)) continue;
    try {
      images.push(...findImages(path, content));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unreadable.push({ file: path, code: error.code, message: error.message });
    }
  }
  return { images, unreadable };
};
