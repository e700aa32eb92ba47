import { digestSchema } from '#events/image.ts';
import type { TargetFacts } from '../place/facts.ts';
import type { KnownImage } from '../place/images.ts';
import { ago, shortDigest } from '../words.ts';

const shortestDigest = /^sha256:[0-9a-f]{7,64}$/;

/** The images that a tag, a digest or the beginning of a digest (seven digits) names. */
export const findImages = (name: string, images: readonly KnownImage[]): readonly KnownImage[] =>
  images.filter(({ image }) => image.tag === name || (shortestDigest.test(name) && image.digest.startsWith(name)));

export const isDigest = (name: string): boolean => digestSchema.safeParse(name).success;

export const holdOf = ({ holds }: TargetFacts, digest: string) => holds.find((hold) => hold.digest === digest);

/** What a digest is called here; itself, shortened, where no tag of it is known. */
export const nameOf = ({ images }: TargetFacts, digest: string): string =>
  images.find(({ image }) => image.digest === digest)?.image.tag ?? shortDigest(digest);

/** What an image was here: `verified 2 h ago`, `deployed 3 d ago, never verified`. */
export const provenance = ({ deployed, verified }: KnownImage, now: number): string => {
  if (verified !== undefined) return `verified ${ago(verified, now)}`;
  return deployed === undefined ? 'never deployed' : `deployed ${ago(deployed, now)}, never verified`;
};

/** Images to choose from, a line each. */
export const listed = (facts: TargetFacts, images: readonly KnownImage[], now: number): readonly string[] =>
  images.slice(0, 10).map((known) => {
    const { tag, digest } = known.image;
    const held = holdOf(facts, digest) === undefined ? '' : ', held';
    return `  ${tag}  ${shortDigest(digest)}  ${provenance(known, now)}${held}`;
  });
