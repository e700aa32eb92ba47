import * as z from 'zod';
import { imageSchema } from '#events/image.ts';
import type { Intent } from './intent.ts';
import { Refused } from './refused.ts';

/** Of older ones the rules need nothing: whatever comes again from before them is not newer. */
export const keptImages = 10;
/** A digest that was held this many holds ago is long behind `newest`. */
export const keptHolds = 100;

const time = z.iso.datetime();
/** What the image was built from, where that is known. Locks of earlier days have none. */
const commit = z.string().min(1);

const askedImageSchema = z.strictObject({
  ...imageSchema.shape,
  order: time,
  commit: commit.optional(),
  /** The id of the event that asked for it. */
  event: z.string().min(1),
  reason: z.enum(['published', 'rollback', 'promotion', 'request']),
});

const holdSchema = z.strictObject({
  digest: imageSchema.shape.digest,
  tag: imageSchema.shape.tag.optional(),
  /** The held image's order and commit, by which a rebuild is known. Absent where the image was never here. */
  order: time.optional(),
  commit: commit.optional(),
  /** The id of the event that holds it, and its time. */
  event: z.string().min(1),
  since: time,
  /** Who ended it is remembered, so that a hold which comes again does not. */
  released: z.strictObject({ event: z.string().min(1), since: time }).optional(),
});

const targetSchema = z.strictObject({
  current: z.strictObject(imageSchema.shape),
  /** The newest that was ever accepted: a rollback does not lower it. */
  newest: z.strictObject({
    order: time,
    digest: imageSchema.shape.digest,
    tag: imageSchema.shape.tag,
    commit: commit.optional(),
  }),
  /** What was rolled back or held, and must not come again under any tag until it is released. One entry a digest. */
  holds: z.array(holdSchema),
  /** The last ten, the latest last. */
  images: z.array(askedImageSchema),
});

const lockSchema = z.strictObject({
  version: z.literal(1),
  service: z.string(),
  environment: z.string(),
  targets: z.record(z.string(), targetSchema),
});

/** What Fairlead remembers, in Git, of one service in one environment. */
export type Lock = z.infer<typeof lockSchema>;
export type LockedTarget = z.infer<typeof targetSchema>;
export type LockedImage = z.infer<typeof askedImageSchema>;
export type LockedHold = z.infer<typeof holdSchema>;

export const lockPath = ({ service, environment }: Pick<Intent, 'service' | 'environment'>): string =>
  `.fairlead/${service}/${environment}.lock`;

export const targetOf = (lock: Lock | undefined, target: string): LockedTarget | undefined =>
  lock !== undefined && Object.hasOwn(lock.targets, target) ? lock.targets[target] : undefined;

const broken = (path: string, why: string): Refused =>
  new Refused(
    'broken-lock',
    `${path} can't be read: ${why}. Fairlead does not overwrite it: restore it from Git's history, or delete it to start anew.`,
  );

const parseJson = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw broken(path, reason.replaceAll(/\s+/g, ' '));
  }
};

/** Reads a lock; one that can't be read is refused, never overwritten. */
export const parseLock = (path: string, content: Buffer): Lock => {
  const parsed = lockSchema.safeParse(parseJson(path, content.toString('utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw broken(path, `${issue?.path.join('.') || 'its root'}: ${issue?.message ?? 'it is not a lock'}`);
};

/** The bytes of a lock: keys in the schema's order, targets by name, so that its diff is what changed. */
export const formatLock = (lock: Lock): Buffer => {
  const byName = Object.entries(lock.targets).sort(([left], [right]) => (left < right ? -1 : 1));
  const ordered = lockSchema.parse({ ...lock, targets: Object.fromEntries(byName) });
  return Buffer.from(`${JSON.stringify(ordered, null, 2)}\n`);
};
