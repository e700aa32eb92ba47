import { digestSchema, tagSchema } from '#events/image.ts';
import { decide, digestOf, isWritten } from './decide.ts';
import type { Decision } from './decision.ts';
import { applyEdit, readEdit } from './edits/edit.ts';
import { decideHold, tagOf } from './holds.ts';
import { type Hold, type Intent, isHold, type Result, type Wish, type Written } from './intent.ts';
import { formatLock, type Lock, lockPath, parseLock, targetOf } from './lock.ts';
import { Refused } from './refused.ts';
import { refuseIndirection, type Snapshot, withContent } from './snapshot.ts';
import { unifiedDiff } from './unified-diff.ts';

export type Applied =
  /** `before`: what was there, or which image a hold is on. */
  | { readonly applied: 'changed'; readonly snapshot: Snapshot; readonly before: Written }
  /** Nothing to write: `event` asked for what is there, where the lock knows. `done`: it was this very wish. */
  | { readonly applied: 'unchanged'; readonly done: boolean; readonly event?: string }
  | { readonly applied: 'refused'; readonly code: string; readonly message: string };

const readLock = (wish: Wish, snapshot: Snapshot): Lock | undefined => {
  const path = lockPath(wish);
  refuseIndirection(snapshot, path);
  const content = snapshot.contents.get(path);
  return content && parseLock(path, content);
};

/** What the manifests say, and which these are. Where edits disagree, the one that is not right yet speaks for all. */
const readManifests = (intent: Intent, snapshot: Snapshot): { files: string[]; written: Written } => {
  const read = intent.edits.map((edit) => readEdit(edit, intent.image.repository, snapshot));
  const first = read.find(({ written }) => !isWritten(written, intent)) ?? read[0];
  if (first === undefined)
    throw new Refused('no-place', `${intent.service} names no place for ${intent.target} in ${intent.environment}.`);
  return { files: [...new Set(read.flatMap(({ files }) => files))], written: first.written };
};

const editAll = (intent: Intent, snapshot: Snapshot): Snapshot =>
  intent.edits.reduce(
    (before, edit) =>
      applyEdit(edit, intent, before).reduce((state, { path, content }) => withContent(state, path, content), before),
    snapshot,
  );

/** What a decision does to the files: the lock, on top of what else was edited. */
const carriedOut = (decided: Decision, wish: Wish, before: Written, edited: () => Snapshot): Applied => {
  switch (decided.decision) {
    case 'accept':
      return {
        applied: 'changed',
        before,
        snapshot: withContent(edited(), lockPath(wish), formatLock(decided.lock)),
      };
    case 'unchanged': {
      const { done, event } = decided;
      return { applied: 'unchanged', done, ...(event !== undefined && { event }) };
    }
    case 'refuse':
      return { applied: 'refused', code: decided.code, message: decided.message };
  }
};

const applyIntent = (intent: Intent, snapshot: Snapshot): Applied => {
  const lock = readLock(intent, snapshot);
  const isDone = targetOf(lock, intent.target)?.images.some(({ event }) => event === intent.event);
  // What is done stays done, even when its manifest has gone since.
  const before = isDone ? {} : readManifests(intent, snapshot).written;
  return carriedOut(decide(lock, before, intent), intent, before, () => editAll(intent, snapshot));
};

const applyHold = (hold: Hold, snapshot: Snapshot): Applied => {
  const lock = readLock(hold, snapshot);
  const held = { tag: tagOf(targetOf(lock, hold.target), hold.digest), digest: hold.digest };
  return carriedOut(decideHold(lock, hold), hold, held, () => snapshot);
};

/** One wish against the files as they are: manifests and lock change together, or nothing does. */
export const apply = (wish: Wish, snapshot: Snapshot): Applied => {
  try {
    return isHold(wish) ? applyHold(wish, snapshot) : applyIntent(wish, snapshot);
  } catch (error) {
    if (error instanceof Refused) return { applied: 'refused', code: error.code, message: error.message };
    throw error;
  }
};

/** Only what an event can carry: a manifest may have said anything. */
const presentable = ({ tag, digest }: Written): Written => ({
  ...(tagSchema.safeParse(tag).success && { tag }),
  ...(digestSchema.safeParse(digest).success && { digest }),
});

/** What an intent changed, from the files before and after its commit: the same whenever it is asked. */
export const describe = (intent: Intent, before: Snapshot, after: Snapshot) => {
  const known = targetOf(readLock(intent, before), intent.target);
  const { files, written } = readManifests(intent, before);
  const content = ({ contents }: Snapshot, file: string): Buffer => contents.get(file) ?? Buffer.alloc(0);
  return {
    files,
    diff: files.map((file) => unifiedDiff(file, content(before, file), content(after, file))).join(''),
    previous: presentable({ ...written, digest: digestOf(written, known) }),
    first: known === undefined,
  } satisfies Partial<Result>;
};
