import { isDeepStrictEqual } from 'node:util';
import { Refused } from '../refused.ts';
import { isValuesFile } from './folder.ts';
import type { FoundImage } from './found-image.ts';
import { canonical, meansRepository } from './reference.ts';

/** Whether a place is this image's. */
export const isMeant = ({ format, repositories }: FoundImage, repository: string): boolean =>
  repositories.some(
    (name) =>
      canonical(name) === canonical(repository) || (format === 'helm' && meansRepository(canonical(name), repository)),
  );

const listed = (places: readonly FoundImage[]): string =>
  places
    .slice(0, 10)
    .map(({ path, line }) => `${path}:${line}`)
    .join(', ');

const says = ({ written: { tag, digest } }: FoundImage): string =>
  [tag, digest?.slice(0, 19)].filter(Boolean).join('@');

/** What is there instead: other images, and places that can't be read. */
const instead = (all: readonly FoundImage[]): string => {
  const names = [...new Set(all.flatMap(({ repositories }) => repositories.slice(0, 1)))];
  const unread = all.find(({ repositories, spot }) => repositories.length === 0 && spot instanceof Refused)?.spot;
  return [
    names.length > 0 ? ` Images here: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''}.` : '',
    unread instanceof Refused ? ` One place could not be read: ${unread.message}` : '',
  ].join('');
};

const refuseSeveralValues = (places: readonly FoundImage[], repository: string): void => {
  const values = places.filter(({ path }) => isValuesFile(path));
  if (new Set(values.map(({ path }) => path)).size > 1)
    throw new Refused(
      'ambiguous',
      `${listed(values)}: several values files name ${repository}, and each may be another environment's. Name the \`file\`.`,
    );
};

/** The scalar that changes first. What aliases and merge keys lead to stands once, however often it is found. */
const scalarOf = ({ spot }: FoundImage) =>
  spot instanceof Refused
    ? undefined
    : (spot.reference ?? spot.tag ?? ('digest' in spot ? spot.digest : undefined))?.node;

/**
 * Two parts of a chart may have the same image today and go different ways tomorrow: nothing says that they are one. The same
 * part of several objects (an application for each region) is.
 */
const refuseSeveralParts = (places: readonly FoundImage[], repository: string): void => {
  const parts = places.filter(({ format }) => format === 'helm');
  if (new Set(parts.map(scalarOf)).size > 1 && new Set(parts.map(({ key }) => key)).size > 1)
    throw new Refused(
      'ambiguous',
      `${listed(parts)}: ${parts.length} places of these values name ${repository}. Name the \`key\` of each that is meant (${parts
        .slice(0, 5)
        .map(({ key }) => key)
        .join(', ')}).`,
    );
};

/**
 * The places of one image among all that were found. Several of manifests are one intent as long as they say the same (a
 * container and its initContainer, a Deployment and its CronJob), and all of them change; of Helm values there must be one.
 * Where Flux's markers stand, they decide.
 */
export const placesFor = (all: readonly FoundImage[], repository: string, looked: string): FoundImage[] => {
  const meant = all.filter((place) => isMeant(place, repository));
  const marked = meant.filter(({ policy }) => policy !== undefined);
  const places = marked.length > 0 ? marked : meant;
  const [first, ...others] = places;
  if (first === undefined)
    throw new Refused(
      'no-entry',
      `${looked}: no place here names the image ${repository}.${instead(all)} Correct the path or the service's \`images\`, or name a \`file\` and \`key\`.`,
    );
  refuseSeveralValues(places, repository);
  for (const { spot } of places) if (spot instanceof Refused) throw spot;
  if (others.some(({ written }) => !isDeepStrictEqual(written, first.written)))
    throw new Refused(
      'ambiguous',
      `${listed(places)}: ${repository} has several places that differ (${[...new Set(places.map(says))].slice(0, 5).join(', ')}). Make them say the same, or name a \`file\` and \`key\`.`,
    );
  if (marked.length === 0) refuseSeveralParts(places, repository);
  return places;
};
