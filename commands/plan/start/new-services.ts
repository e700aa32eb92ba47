import { folderOf } from '../repository.ts';
import type { DraftService, Member, Surroundings } from './drafted.ts';
import { toName } from './environment-name.ts';
import { environmentsOf } from './environments.ts';

/** A folder on the way to every place, of which the image's name says that it is the service's: `shop` of `shop-web`. */
const stemOf = ({ name, units }: Member): string => {
  const ways = units.flatMap(({ images }) => images.map(({ file }) => folderOf(file).split('/').map(toName)));
  const steps = (ways[0] ?? []).filter((step) => step !== '' && (name === step || name.startsWith(`${step}-`)));
  return steps.findLast((step) => ways.every((way) => way.includes(step))) ?? name;
};

/** What must be alike so that two images are of one service: its environments, and where each has its images. */
const shapeOf = (member: Member): string =>
  JSON.stringify([stemOf(member), member.units.map(({ environment, path }) => [environment, path ?? '']).sort()]);

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

/** Services that the configuration does not have: one for each image, or for a folder's images. */
export const newServices = (members: readonly Member[], surroundings: Surroundings): DraftService[] => {
  const named = Map.groupBy(members, ({ name }) => name);
  const taken = new Set(surroundings.taken);
  const service = (stem: string, targets: ReadonlyMap<string, Member>): DraftService => {
    const all = [...targets.values()];
    const shared = all.length === 1 && (named.get(stem)?.length ?? 0) > 1;
    const name = freeName(stem, all[0]?.repository ?? '', taken, shared);
    taken.add(name);
    const images = [...targets].map(([target, { repository }]) => [target, repository]);
    const environments = environmentsOf(targets, targets.size, surroundings);
    return { name, images: Object.fromEntries(images), environments };
  };
  return [...Map.groupBy(members, shapeOf).values()].flatMap((group) => {
    const [first] = group;
    const stem = first && group.length > 1 ? stemOf(first) : '';
    const targets = new Map(group.map((member) => [targetIn(stem, member.name), member]));
    // Two that would be called alike stay apart.
    const isOne = group.length > 1 && targets.size === group.length;
    return isOne ? [service(stem, targets)] : group.map((one) => service(one.name, new Map([['app', one]])));
  });
};
