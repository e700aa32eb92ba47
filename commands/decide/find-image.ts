import { digestSchema } from '#events/image.ts';
import type { TargetFacts } from '../place/facts.ts';
import type { KnownImage } from '../place/images.ts';
import { ago, shortDigest, shortTag } from '../words.ts';

const shortestDigest = /^sha256:[0-9a-f]{7,64}$/;

const isNamed = ({ image: { tag, digest } }: KnownImage, name: string): boolean =>
  tag === name || shortTag(tag) === name || (shortestDigest.test(name) && digest.startsWith(name));

/** The images that a tag, a digest, or one of them as it is printed names; a digest may be cut to seven digits. */
export const findImages = (name: string, images: readonly KnownImage[]): readonly KnownImage[] =>
  images.filter((known) => isNamed(known, name));

export const isDigest = (name: string): boolean => digestSchema.safeParse(name).success;

export const holdOf = ({ holds }: TargetFacts, digest: string) => holds.find((hold) => hold.digest === digest);

/** What a digest is called here; itself, shortened, where no tag of it is known. */
export const nameOf = ({ images }: TargetFacts, digest: string): string =>
  shortTag(images.find(({ image }) => image.digest === digest)?.image.tag ?? shortDigest(digest));

/** What an image was here: `verified 2 h ago`, `deployed 3 d ago, never verified`. */
export const provenance = ({ committed, deployed, verified }: KnownImage, now: number): string => {
  if (verified !== undefined) return `verified ${ago(verified, now)}`;
  if (deployed !== undefined) return `deployed ${ago(deployed, now)}, never verified`;
  return committed === undefined ? 'never in Git' : `in Git ${ago(committed, now)}, never seen running`;
};

/** Images to choose from, a line each. */
export const listed = (facts: TargetFacts, images: readonly KnownImage[], now: number): readonly string[] =>
  images.slice(0, 10).map((known) => {
    const { tag, digest } = known.image;
    const held = holdOf(facts, digest) === undefined ? '' : ', held';
    return `  ${shortTag(tag)}  ${shortDigest(digest)}  ${provenance(known, now)}${held}`;
  });
