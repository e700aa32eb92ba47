import * as z from 'zod';
import { Refused } from '../refused.ts';
import { scalarsBelow } from './below.ts';
import { type Cursor, rootsOf } from './cursor.ts';
import { type FoundImage, found, foundReference, textAt } from './found-image.ts';
import { placeOf } from './place.ts';
import type { Spot } from './spot.ts';
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
          const marker = parseMarker(commentBehind(file.text, at.node.range?.[1] ?? file.text.length));
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

/** All that was found, with Flux's markers: those on it, and the places that only they tell. */
export const withMarkers = (file: YamlFile, images: readonly FoundImage[]): FoundImage[] => {
  const markers = markersOf(file);
  const policies = new Map(markers.map(({ at, policy }) => [at.node.range?.[0], policy]));
  const known = new Set(images.flatMap(({ spot }) => offsetsOf(spot)));
  const others = markers
    .filter(({ at }) => !known.has(at.node.range?.[0] ?? -1))
    .flatMap((marker) => {
      const image = unknown(file, marker, markers);
      return image ? [{ ...image, policy: marker.policy }] : [];
    });
  const marked = images.map((image) => {
    const policy = offsetsOf(image.spot).flatMap((offset) => policies.get(offset) ?? [])[0];
    return policy === undefined ? image : { ...image, policy };
  });
  return [...marked, ...others];
};
