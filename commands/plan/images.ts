import { findImages } from '#shared/gitops/edits/find-images.ts';
import type { FoundImage } from '#shared/gitops/edits/found-image.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Unreadable } from './manifests.ts';
import { nameOf, type Repository } from './repository.ts';
import type { SeenImage } from './seen-image.ts';

/** Only these are parsed: parsing is slow, and few files of a repository say which image runs. */
const mayHoldImage = (content: Buffer): boolean => /image|newTag/i.test(content.toString('latin1'));

/** What runs in builds and on developers' machines is not deployed. */
const isDeployed = (path: string): boolean =>
  /\.(ya?ml|json)$|(^|\/)Kustomization$/i.test(path) &&
  !path.split('/').some((step) => step.startsWith('.')) &&
  !/^(docker-)?compose([.-].*)?\.ya?ml$/.test(nameOf(path));

const seen = (gitops: string, { path, line, key, format, repositories, written, spot }: FoundImage): SeenImage => {
  const refused = spot instanceof Refused ? { code: spot.code, message: spot.message } : undefined;
  const [repository = ''] = repositories;
  return { gitops, file: path, line, key, format, repository, names: repositories, written, refused };
};

/** A chart's template may be YAML by chance. */
const isTemplate = ({ file, refused }: SeenImage): boolean =>
  /(^|\/)templates\//.test(file) && refused?.code === 'template';

/** Every place in a repository's files that says which image runs; files that can't be read are told. */
export const imagesIn = ({ name, snapshot }: Repository) => {
  const images: SeenImage[] = [];
  const unreadable: Unreadable[] = [];
  for (const [path, content] of snapshot.contents) {
    if (!isDeployed(path) || !mayHoldImage(content)) continue;
    try {
      // What was parsed is let go with each file.
      const all = findImages(path, content).map((image) => seen(name, image));
      images.push(...all.filter((image) => !isTemplate(image)));
      if (all.some(isTemplate)) unreadable.push({ file: path, code: 'template', message: path });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unreadable.push({ file: path, code: error.code, message: error.message });
    }
  }
  return { images, unreadable };
};
