import type { Config, Edit, Service } from '#shared/config/config.ts';
import { folderOf, pathFrom } from './repository.ts';
import type { SeenImage } from './seen-image.ts';

const isNamedBy = (edit: Edit, { images }: Service, image: SeenImage): boolean => {
  const isImage = (repository: string | undefined): boolean =>
    repository !== undefined && (image.names.includes(repository) || repository.endsWith(`/${image.repository}`));
  if ('path' in edit) return folderOf(image.file) === pathFrom('', edit.path) && Object.values(images).some(isImage);
  if (pathFrom('', edit.file) !== image.file) return false;
  if (edit.key === undefined) return isImage(images[edit.image]);
  return edit.key === image.key || edit.key.startsWith(`${image.key}.`);
};

/** The images that no environment of a service names. */
export const unnamedIn = (images: readonly SeenImage[], { services }: Pick<Config, 'services'>): SeenImage[] =>
  images.filter(
    (image) =>
      !services.some((service) =>
        service.environments.some(
          ({ gitops, edits }) => gitops === image.gitops && edits.some((edit) => isNamedBy(edit, service, image)),
        ),
      ),
  );
