import type { AnyEvent } from '#events/event.ts';
import { purlOf } from '#events/image.ts';
import { type EcrRepository, grace, isToldOf, type PushedImage } from '#shared/reconciling/ecr.ts';
import { Failure } from '../failure.ts';
import { confirm } from '../terminal/confirm.ts';
import { type Session, say } from '../terminal/session.ts';
import { ago, plain, shortDigest, shortTag } from '../words.ts';

/** What reconciling images needs of a stage. */
export interface ImagePlace {
  pushed(repository: EcrRepository, since: number): Promise<{ images: PushedImage[]; complete: boolean }>;
  /** The events about a subject. */
  about(subject: string): Promise<readonly AnyEvent[]>;
  /** Gives ecr-events the event that ECR should have sent. */
  tell(image: PushedImage): Promise<void>;
}

const day = 24 * 60 * 60 * 1000;

const isMissing = async (image: PushedImage, place: ImagePlace): Promise<boolean> =>
  !isToldOf(await place.about(purlOf(image)));

const look = async (
  repositories: readonly EcrRepository[],
  since: number,
  { place, session, until }: { place: ImagePlace; session: Session; until: number },
) => {
  const missed: PushedImage[] = [];
  let unseen = 0;
  for (const repository of repositories) {
    try {
      const { images, complete } = await place.pushed(repository, since);
      if (!complete) say(session.stderr, `${repository.repository} has more images than are looked at.`);
      for (const image of images.filter(({ pushedAt }) => Date.parse(pushedAt) <= until)) {
        if (await isMissing(image, place)) missed.push(image);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(session.stderr, `${repository.repository}: ${error.message}`);
      unseen += 1;
    }
  }
  return { missed, unseen };
};

/** Tells of each; gives how many ecr-events took. */
const tellAll = async (missed: readonly PushedImage[], place: ImagePlace, session: Session): Promise<number> => {
  let told = 0;
  for (const image of missed) {
    try {
      await place.tell(image);
      told += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(session.stderr, `${image.repository}:${plain(image.tag)}: ${error.message}`);
    }
  }
  return told;
};

const count = (images: number): string => `${images} image${images === 1 ? '' : 's'}`;

/** Says which images the registry has and no event told of, asks, and has ecr-events tell of each. Gives the exit code. */
export const reconcileImages = async (
  repositories: readonly EcrRepository[],
  { days, dryRun, yes, now }: { days: number; dryRun: boolean; yes: boolean; now: number },
  session: Session,
  place: ImagePlace,
): Promise<number> => {
  const { missed, unseen } = await look(repositories, now - days * day, { place, session, until: now - grace });
  for (const { repository, tag, digest, pushedAt } of missed) {
    say(session.stdout, `${repository}  ${shortTag(plain(tag))}  ${shortDigest(digest)}  pushed ${ago(pushedAt, now)}`);
  }
  if (missed.length === 0) {
    const seen = repositories.length - unseen;
    if (seen > 0) say(session.stdout, `No image of ${seen} of ${repositories.length} repositories in ECR is missing.`);
    return unseen > 0 ? 1 : 0;
  }
  if (dryRun) {
    say(session.stdout, `${count(missed.length)} would be told of. Nothing was done.`);
    return unseen > 0 ? 1 : 0;
  }
  if (!yes && !(await confirm(`Tell of ${count(missed.length)}, as ECR should have?`, session))) {
    say(session.stdout, 'Nothing was done.');
    return 1;
  }
  const told = await tellAll(missed, place, session);
  say(session.stdout, `ecr-events tells of ${count(told)} of ${missed.length}.`);
  return told === missed.length && unseen === 0 ? 0 : 1;
};
