import type { SeenImage } from '../seen-image.ts';
import type { DraftService, KnownService, Member, Surroundings } from './drafted.ts';
import { toName } from './environment-name.ts';
import { addedTo } from './environments.ts';
import { newServices } from './new-services.ts';
import { unitsOf } from './units.ts';

const lastName = (repository: string): string => toName(repository.slice(repository.lastIndexOf('/') + 1));

/** Services and environments as the repository's layout suggests them, each image in all its places. */
export const draft = (images: readonly SeenImage[], surroundings: Surroundings): DraftService[] => {
  const members = [...Map.groupBy(images, ({ repository }) => repository)].map(([repository, seen]): Member => {
    const name = lastName(repository);
    return { repository, name, units: unitsOf(seen, name, surroundings.entriesOf) };
  });
  const ownerOf = ({ repository }: Member): KnownService | undefined =>
    surroundings.known.find((service) => Object.values(service.images).includes(repository));
  const byOwner = Map.groupBy(members, ownerOf);
  const drafts = [...byOwner].flatMap(([owner, some]) =>
    owner ? [addedTo(owner, some, surroundings)] : newServices(some, surroundings),
  );
  return drafts.sort((left, right) => (left.name < right.name ? -1 : 1));
};
