import type { Image } from '#events/image.ts';
import type { Written } from '../intent.ts';
import type { Addition } from './add-entry.ts';
import type { Place } from './place.ts';
import { parseReference, parseTag } from './reference.ts';
import type { Replacement } from './splice.ts';
import type { YamlFile } from './yaml-file.ts';

/** Where a file says which image runs: a tag, a digest or both, the whole reference in one scalar, or nowhere yet. */
export type Spot =
  | {
      readonly file: YamlFile;
      readonly tag?: Place;
      readonly digest?: Place;
      readonly reference?: never;
      readonly addition?: never;
    }
  | { readonly file: YamlFile; readonly reference: Place; readonly tag?: never; readonly addition?: never }
  | { readonly file: YamlFile; readonly addition: Addition; readonly tag?: never; readonly reference?: never };

export const writtenAt = (spot: Spot): Written => {
  if (spot.addition) return {};
  if (spot.reference) {
    const { tag, digest } = parseReference(spot.reference.text);
    return { tag, digest };
  }
  const written = spot.tag ? parseTag(spot.tag.text) : {};
  return spot.digest?.text ? { ...written, digest: spot.digest.text } : written;
};

/** What each scalar must say for this image. A digest is refreshed wherever there is one, for a stale one would win. */
export const replacementsAt = (spot: Spot, { tag, digest }: Image, pin: boolean): Replacement[] => {
  if (spot.addition) return [];
  const pinned = (text: string): string => (pin || text.includes('@') ? `${tag}@${digest}` : tag);
  if (spot.reference) {
    const { repository, tag: present } = parseReference(spot.reference.text);
    const value = present === undefined ? `${repository}@${digest}` : `${repository}:${pinned(spot.reference.text)}`;
    return [{ place: spot.reference, value }];
  }
  // An empty digest is the charts' way to say "none": it is filled only where a digest was asked for.
  const beside = spot.digest && (pin || spot.digest.text !== '') ? [{ place: spot.digest, value: digest }] : [];
  if (!spot.tag) return beside;
  return [{ place: spot.tag, value: beside.length > 0 ? tag : pinned(spot.tag.text) }, ...beside];
};
