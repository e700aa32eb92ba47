import * as z from 'zod';
import { Refused } from '../refused.ts';
import { scalarsBelow } from './below.ts';
import { type Cursor, rootsOf } from './cursor.ts';
import { type FoundImage, found, foundReference, orRefused, textAt } from './found-image.ts';
import { placeOf } from './place.ts';
import { type Spot, writtenAt } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

/** What Flux's image automation would write on a line: `# {"$imagepolicy": "<namespace>:<policy>[:tag|:name|:digest]"}`. */
interface Marker {
  readonly policy: string;
  readonly field: 'image' | 'tag' | 'name' | 'digest';
  readonly at: Cursor;
}

const markerSchema = z.object({ $imagepolicy: z.string() });
const shape = /^([^:]+:[^:]+?)(?::(tag|name|digest))?$/;
const fields = { tag: 'tag', name: 'name', digest: 'digest' } as const;

/** The comment on the rest of a scalar's line; in a flow mapping its brackets close before. */
const commentBehind = (text: string, end: number): string =>
  /^[ \t,\]}]*[ \t]#[ \t]*(\{.*\})[ \t]*\r?$/.exec(text.slice(end).split('\n', 1)[0] ?? '')?.[1] ?? '';

const parseMarker = (comment: string): Pick<Marker, 'policy' | 'field'> | undefined => {
  try {
    const { $imagepolicy } = markerSchema.parse(JSON.parse(comment));
    const [, policy, field] = shape.exec($imagepolicy) ?? [];
    if (policy === undefined) return undefined;
    return { policy, field: field === 'tag' || field === 'name' || field === 'digest' ? fields[field] : 'image' };
  } catch {
    return undefined;
  }
};

const markersOf = (file: YamlFile): Marker[] =>
  file.text.includes('"$imagepolicy"')
    ? rootsOf(file)
        .flatMap(scalarsBelow)
        .flatMap((at) => {
          const marker = parseMarker(
            commentBehind(file.text, at.node.range ? file.now(at.node.range[1]) : file.text.length),
          );
          return marker ? [{ ...marker, at }] : [];
        })
    : [];

const offsetsOf = (spot: Spot | Refused): number[] => {
  if (spot instanceof Refused) return [];
  const places = spot.reference ? [spot.reference] : spot.addition ? [] : [spot.tag, spot.digest];
  return places.flatMap((place) => (place ? [place.token.offset] : []));
};

/** A marked scalar that nothing else tells to be an image. Its name is what `:name` marks for the same policy. */
const unknown = (file: YamlFile, { field, at, policy }: Marker, markers: readonly Marker[]): FoundImage | undefined => {
  if (field === 'image') return foundReference(file, at, 'marker');
  if (field === 'name') return undefined;
  const names = markers.flatMap((other) => {
    if (other.policy !== policy || other.field !== 'name') return [];
    return textAt(file, other.at) ?? [];
  });
  return found(file, at, 'marker', names, () => ({ file, [field]: placeOf(file, at, `the ${field}`) }));
};

const holderOf = ({ at: { document, path } }: Marker): string => JSON.stringify([document, path.slice(0, -1)]);

/** The digest that Flux would write together with a tag, wherever in the same mapping: a stale one would win. */
const digestOf = (tag: Marker, markers: readonly Marker[]): Marker | undefined =>
  tag.field === 'tag'
    ? markers.find(
        (other) => other.field === 'digest' && other.policy === tag.policy && holderOf(other) === holderOf(tag),
      )
    : undefined;

const withDigest = (file: YamlFile, image: FoundImage, digest: Marker | undefined): FoundImage => {
  const { spot } = image;
  if (digest === undefined || spot instanceof Refused || spot.tag === undefined || spot.digest) return image;
  const whole = orRefused(() => ({ ...spot, digest: placeOf(file, digest.at, 'the digest') }));
  return { ...image, spot: whole, written: whole instanceof Refused ? {} : writtenAt(whole) };
};

/** All that was found, with Flux's markers: those on it, and the places that only they tell. */
export const withMarkers = (file: YamlFile, images: readonly FoundImage[]): FoundImage[] => {
  const markers = markersOf(file);
  const byOffset = new Map(markers.map((marker) => [marker.at.node.range?.[0], marker]));
  const marked = images.map((image) => {
    const marker = offsetsOf(image.spot).flatMap((offset) => byOffset.get(offset) ?? [])[0];
    return marker ? { ...withDigest(file, image, digestOf(marker, markers)), policy: marker.policy } : image;
  });
  const digests = new Set(markers.flatMap((marker) => digestOf(marker, markers) ?? []));
  const known = new Set(marked.flatMap(({ spot }) => offsetsOf(spot)));
  const others = markers
    .filter((marker) => !digests.has(marker) && !known.has(marker.at.node.range?.[0] ?? -1))
    .flatMap((marker) => {
      const image = unknown(file, marker, markers);
      return image ? [{ ...withDigest(file, image, digestOf(marker, markers)), policy: marker.policy }] : [];
    });
  return [...marked, ...others];
};
