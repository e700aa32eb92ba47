import type { Entry } from '#shared/gitops/snapshot.ts';
import { folderOf } from '../repository.ts';
import type { SeenImage } from '../seen-image.ts';
import { toName } from './environment-name.ts';
import { guessTags, type TagPolicy } from './tag-policy.ts';
import { type Unit, unitsOf } from './units.ts';

export interface DraftEdit {
  readonly file: string;
  readonly key?: string | undefined;
  /** The image's name in its service. */
  readonly image: string;
}

export interface DraftEnvironment {
  readonly name: string;
  readonly guessed: boolean;
  readonly gitops: string;
  /** A folder, or the places of each image. */
  readonly edits: { readonly path: string } | readonly DraftEdit[];
  readonly applications: readonly string[];
  /** ApplicationSets that make applications of it whose names only a cluster knows. */
  readonly sets: readonly string[];
  readonly tags?: TagPolicy | undefined;
  /** What was seen there, each with its target. */
  readonly places: readonly { readonly target: string; readonly image: SeenImage }[];
}

export interface DraftService {
  readonly name: string;
  /** `registry/repository` by target. */
  readonly images: Readonly<Record<string, string>>;
  readonly environments: readonly DraftEnvironment[];
}

/** What the draft needs to know of the repositories. */
export interface Surroundings {
  readonly entriesOf: (gitops: string) => ReadonlyMap<string, Entry>;
  /** The applications that deploy a place, by their names, and by their set where only a cluster knows these. */
  readonly applicationsOf: (image: SeenImage) => {
    readonly names: readonly string[];
    readonly sets: readonly string[];
  };
  /** Services that the configuration has already. */
  readonly taken: ReadonlySet<string>;
}

interface Member {
  readonly repository: string;
  /** The image's name, as far as a service may have it. */
  readonly name: string;
  readonly units: readonly Unit[];
}

const lastName = (repository: string): string => toName(repository.slice(repository.lastIndexOf('/') + 1));

/** A folder on the way to every place, of which the image's name says that it is the service's: `shop` of `shop-web`. */
const stemOf = ({ name, units }: Member): string => {
  const ways = units.flatMap(({ images }) => images.map(({ file }) => folderOf(file).split('/').map(toName)));
  const steps = (ways[0] ?? []).filter((step) => step !== '' && (name === step || name.startsWith(`${step}-`)));
  return steps.findLast((step) => ways.every((way) => way.includes(step))) ?? name;
};

/** What must be alike so that two images are of one service: its environments, and where each has its images. */
const shapeOf = (member: Member): string =>
  JSON.stringify([stemOf(member), member.units.map(({ environment, path }) => [environment, path ?? '']).sort()]);

const environmentsOf = (members: ReadonlyMap<string, Member>, { applicationsOf }: Surroundings): DraftEnvironment[] => {
  const units = [...members].flatMap(([target, { units }]) => units.map((unit) => ({ target, unit })));
  return [...Map.groupBy(units, ({ unit }) => unit.environment)].map(([name, all]) => {
    const places = all.flatMap(({ target, unit }) => unit.images.map((image) => ({ target, image })));
    const path = all[0]?.unit.path;
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

const targetIn = (service: string, name: string): string =>
  name.startsWith(`${service}-`) ? name.slice(service.length + 1) : 'app';

/** A name that nobody has: with the registry's folder in front where several images share it, and with a number at last. */
const freeName = (name: string, repository: string, taken: ReadonlySet<string>, shared: boolean): string => {
  const longer = toName(`${repository.split('/').at(-2) ?? ''}-${name}`);
  const wanted = [...(shared ? [] : [name]), longer].find((one) => one !== '' && !taken.has(one));
  if (wanted !== undefined) return wanted;
  for (let number = 2; ; number++)
    if (!taken.has(`${name || 'service'}-${number}`)) return `${name || 'service'}-${number}`;
};

/** Services and environments as the repository's layout suggests them: one for each image, or for a folder's images. */
export const draft = (images: readonly SeenImage[], surroundings: Surroundings): DraftService[] => {
  const members = [...Map.groupBy(images, ({ repository }) => repository)].map(([repository, seen]): Member => {
    const name = lastName(repository);
    return { repository, name, units: unitsOf(seen, name, surroundings.entriesOf) };
  });
  const named = Map.groupBy(members, ({ name }) => name);
  const taken = new Set(surroundings.taken);
  const service = (stem: string, targets: ReadonlyMap<string, Member>): DraftService => {
    const all = [...targets.values()];
    const shared = all.length === 1 && (named.get(stem)?.length ?? 0) > 1;
    const name = freeName(stem, all[0]?.repository ?? '', taken, shared);
    taken.add(name);
    const images = [...targets].map(([target, { repository }]) => [target, repository]);
    return { name, images: Object.fromEntries(images), environments: environmentsOf(targets, surroundings) };
  };
  return [...Map.groupBy(members, shapeOf).values()]
    .flatMap((group) => {
      const [first] = group;
      const stem = first && group.length > 1 ? stemOf(first) : '';
      const targets = new Map(group.map((member) => [targetIn(stem, member.name), member]));
      // Two that would be called alike stay apart.
      const isOne = group.length > 1 && targets.size === group.length;
      return isOne ? [service(stem, targets)] : group.map((one) => service(one.name, new Map([['app', one]])));
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
};
