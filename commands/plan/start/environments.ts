import type { DraftEnvironment, DraftService, KnownService, Member, Surroundings } from './drafted.ts';
import { guessTags } from './tag-policy.ts';
import type { Unit } from './units.ts';

/** The folder, where it means these images and all others of the service. */
const commonPath = (all: readonly { readonly target: string; readonly unit: Unit }[], images: number) => {
  const [path, ...others] = new Set(all.map(({ unit }) => unit.path));
  return others.length === 0 && new Set(all.map(({ target }) => target)).size === images ? path : undefined;
};

/** `images`: how many the service has, all of which a folder would have to hold. */
export const environmentsOf = (
  members: ReadonlyMap<string, Member>,
  images: number,
  { applicationsOf }: Surroundings,
): DraftEnvironment[] => {
  const units = [...members].flatMap(([target, { units }]) => units.map((unit) => ({ target, unit })));
  return [...Map.groupBy(units, ({ unit }) => unit.environment)].map(([name, all]) => {
    const places = all.flatMap(({ target, unit }) => unit.images.map((image) => ({ target, image })));
    const path = commonPath(all, images);
    const deploying = places.map(({ image }) => applicationsOf(image));
    return {
      name,
      guessed: all.some(({ unit }) => unit.guessed),
      gitops: places[0]?.image.gitops ?? '',
      edits:
        path !== undefined
          ? { path }
          : all.flatMap(({ target, unit }) => unit.files.map((place) => ({ ...place, image: target }))),
      applications: [...new Set(deploying.flatMap(({ names }) => names))].sort(),
      sets: [...new Set(deploying.flatMap(({ sets }) => sets))].sort(),
      tags: guessTags(places.flatMap(({ image }) => image.written.tag ?? [])),
      places,
    };
  });
};

const numbered = (name: string, taken: ReadonlySet<string>): string => {
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
};

/** Environments that a service of the configuration lacks, under names that it does not have. */
export const addedTo = (known: KnownService, members: readonly Member[], surroundings: Surroundings): DraftService => {
  const { name, images } = known;
  const targets = new Map(
    Object.entries(images).flatMap(([target, image]) =>
      members.filter(({ repository }) => repository === image).map((member): [string, Member] => [target, member]),
    ),
  );
  const taken = new Set(known.environments.map((environment) => environment.name));
  const environments = environmentsOf(targets, Object.keys(images).length, surroundings).map((environment) => {
    const free = taken.has(environment.name) ? numbered(environment.name, taken) : environment.name;
    taken.add(free);
    return { ...environment, name: free };
  });
  return { name, images, environments, known };
};
