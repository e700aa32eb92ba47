import type { Deploying } from './argocd/deploying.ts';
import type { Kustomizations } from './kustomizations.ts';
import type { SeenImage } from './seen-image.ts';

/** Whether a place speaks of the image of another: under the name that runs, or under one that stands for it. */
const speaksOf = (place: SeenImage, image: SeenImage): boolean => place.names.includes(image.repository);

/**
 * Which images are only what others build on: every kustomization that is deployed with them, or every application, says
 * another tag for them.
 */
export const createOverridden = (
  images: readonly SeenImage[],
  kustomizations: Kustomizations,
  deploying: Deploying,
): ((image: SeenImage) => boolean) => {
  const byFile = Map.groupBy(images, ({ file }) => file);
  const speaks = (file: string, image: SeenImage): boolean =>
    file !== image.file && (byFile.get(file) ?? []).some((place) => speaksOf(place, image));

  /** A kustomization says otherwise by an entry of its own, or by a patch on what it takes from elsewhere. */
  const overrides = (kustomization: string, image: SeenImage): boolean => {
    if (kustomization === image.file || !kustomizations.reached(kustomization).has(image.file)) return false;
    if (speaks(kustomization, image)) return true;
    const direct = kustomizations.direct(kustomization);
    return !direct.includes(image.file) && direct.some((file) => speaks(file, image));
  };
  const inKustomizations = (image: SeenImage): boolean => {
    const roots = kustomizations.rootsOf(image.file);
    return (
      roots.length > 0 &&
      roots.every((root) => [...kustomizations.reached(root)].some((file) => overrides(file, image)))
    );
  };
  const inApplications = (image: SeenImage): boolean => {
    const applications = deploying.applicationsOf(image).filter(({ file }) => file !== image.file);
    return (
      applications.length > 0 &&
      applications.every((application) =>
        (byFile.get(application.file) ?? []).some(
          (place) => deploying.isWithin(place, application) && speaksOf(place, image),
        ),
      )
    );
  };
  return (image) => inKustomizations(image) || inApplications(image);
};
