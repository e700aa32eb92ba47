import { fetchCommand, type Git } from '../clone/git.ts';
import { readSnapshot } from '../clone/read-snapshot.ts';
import type { Intent } from '../intent.ts';
import { type Lock, type LockedImage, lockPath, parseLock, targetOf } from '../lock.ts';
import { readMessage } from '../message.ts';
import { describeDone } from '../settle.ts';
import type { Snapshot } from '../snapshot.ts';
import { readCommit } from './branches.ts';
import type { Brought, OfferedPlace } from './offer.ts';
import { newImages } from './reopen.ts';

/** From which commit to which: a pull request's base and its merge, or its head. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** More commits than a pull request of ours ever brings to look for trailers in. */
const depth = 20;

const intentOf = (place: OfferedPlace, target: string, { order, event, reason, ...image }: LockedImage): Intent => ({
  ...{
    event,
    time: order,
    order,
    reason,
    image,
    target,
    chain: '',
    actor: '',
    mode: 'write',
    newestBy: place.newestBy,
  },
  ...{ service: place.service, environment: place.environment, pin: place.pin, edits: place.edits[target] ?? [] },
});

const lockIn = (place: OfferedPlace, { contents }: Snapshot): Lock | undefined => {
  const content = contents.get(lockPath(place));
  return content && parseLock(lockPath(place), content);
};

/**
 * What a pull request brought into the base, or would have: the images that its lock has and the one before it has not, and
 * what the trailers of its commits say of them. A merge keeps them in one of its parents, a squash and a rebase in itself.
 */
export const readBrought = async (git: Git, place: OfferedPlace, { from, to }: Span): Promise<Brought[]> => {
  await git.text([...fetchCommand, `--depth=${depth}`, '--filter=tree:0', '--refmap=', 'origin', to]);
  const last = await readCommit(git, to);
  const messages = [last.message];
  for (const parent of last.parents)
    messages.push(
      await readCommit(git, parent).then(
        ({ message }) => message,
        () => '',
      ),
    );
  const said = messages.flatMap(readMessage);

  const read = (commit: string) =>
    readSnapshot(
      git,
      commit,
      Object.keys(place.edits).map((target) => intentOf(place, target, nothing)),
      { lazy: true },
    );
  const between = async (earlier: string): Promise<Brought[]> => {
    const [before, after] = [await read(earlier), await read(to)];
    const [known, lock] = [lockIn(place, before), lockIn(place, after)];
    return Object.keys(lock?.targets ?? {}).flatMap((target) =>
      newImages(targetOf(lock, target), targetOf(known, target)).map((image) => ({
        ...{ target, ...image },
        ...(said.find(({ event }) => event === image.event) ?? { event: image.event }),
        ...describeDone(intentOf(place, target, image), before, after),
      })),
    );
  };
  // Exact where one commit brought it; where a person rebased several, the base of the pull request is before them all.
  const [parent] = last.parents;
  const exact = parent === undefined ? [] : await between(parent);
  return exact.length > 0 ? exact : between(from);
};

/** What is read of a commit depends on the places alone. */
const nothing: LockedImage = {
  ...{ repository: 'none/none', tag: 'none', digest: `sha256:${'0'.repeat(64)}` },
  ...{ order: '1970-01-01T00:00:00Z', event: 'none', reason: 'request' },
};
