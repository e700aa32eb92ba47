import { digestSchema, tagSchema } from '#events/image.ts';
import { decide, isWritten } from './decide.ts';
import { applyEdit, fileOf, readWritten } from './edits/edit.ts';
import type { Intent, Result, Written } from './intent.ts';
import { formatLock, type Lock, lockPath, parseLock, targetOf } from './lock.ts';
import { Refused } from './refused.ts';
import { refuseIndirection, type Snapshot, withContent } from './snapshot.ts';
import { unifiedDiff } from './unified-diff.ts';

export type Applied =
  | { readonly applied: 'changed'; readonly snapshot: Snapshot }
  /** Nothing to write: `event` asked for what is there, where the lock knows. `done`: it was this very intent. */
  | { readonly applied: 'unchanged'; readonly done: boolean; readonly event?: string }
  | { readonly applied: 'refused'; readonly code: string; readonly message: string };

const readLock = (intent: Intent, snapshot: Snapshot): Lock | undefined => {
  const path = lockPath(intent);
  refuseIndirection(snapshot, path);
  const content = snapshot.contents.get(path);
  return content && parseLock(path, content);
};

/** What the manifests say. Where several places disagree, the one that is not right yet speaks for all. */
const readManifests = (intent: Intent, snapshot: Snapshot): Written => {
  const written = intent.edits.map((edit) => readWritten(edit, intent.image.repository, snapshot));
  const first = written.find((place) => !isWritten(place, intent)) ?? written[0];
  if (first === undefined)
    throw new Refused('no-place', `${intent.service} names no place for ${intent.target} in ${intent.environment}.`);
  return first;
};

const editAll = (intent: Intent, snapshot: Snapshot): Snapshot =>
  intent.edits.reduce((state, edit) => {
    const { path, content } = applyEdit(edit, intent, state);
    return withContent(state, path, content);
  }, snapshot);

const attempt = (intent: Intent, snapshot: Snapshot): Applied => {
  const lock = readLock(intent, snapshot);
  const isDone = targetOf(lock, intent.target)?.images.some(({ event }) => event === intent.event);
  // What is done stays done, even when its manifest has gone since.
  const decision = decide(lock, isDone ? {} : readManifests(intent, snapshot), intent);
  if (decision.decision === 'refuse') return { applied: 'refused', code: decision.code, message: decision.message };
  if (decision.decision === 'unchanged') {
    const { done, event } = decision;
    return { applied: 'unchanged', done, ...(event !== undefined && { event }) };
  }
  const edited = editAll(intent, snapshot);
  return { applied: 'changed', snapshot: withContent(edited, lockPath(intent), formatLock(decision.lock)) };
};

/** One intent against the files as they are: manifests and lock change together, or nothing does. */
export const apply = (intent: Intent, snapshot: Snapshot): Applied => {
  try {
    return attempt(intent, snapshot);
  } catch (error) {
    if (error instanceof Refused) return { applied: 'refused', code: error.code, message: error.message };
    throw error;
  }
};

const filesOf = ({ edits }: Intent, { entries }: Snapshot): string[] => [
  ...new Set(edits.map((edit) => fileOf(edit, entries))),
];

/** Only what an event can carry: a manifest may have said anything. */
const presentable = ({ tag, digest }: Written): Written => ({
  ...(tagSchema.safeParse(tag).success && { tag }),
  ...(digestSchema.safeParse(digest).success && { digest }),
});

/** What an intent changed, from the files before and after its commit: the same whenever it is asked. */
export const describe = (intent: Intent, before: Snapshot, after: Snapshot) => {
  const files = filesOf(intent, after);
  const content = ({ contents }: Snapshot, file: string): Buffer => contents.get(file) ?? Buffer.alloc(0);
  return {
    files,
    diff: files.map((file) => unifiedDiff(file, content(before, file), content(after, file))).join(''),
    previous: presentable(readManifests(intent, before)),
    first: targetOf(readLock(intent, before), intent.target) === undefined,
  } satisfies Partial<Result>;
};
