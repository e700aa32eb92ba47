import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { type Attempt, undeliveredOf } from '#shared/reconciling/undelivered.ts';

const day = 24 * 60 * 60 * 1000;

/** GitHub keeps what it sent for three days. */
export const days = 3;

/** How far back a run looks. Milliseconds since 1970. */
export const sinceOf = (now: number): number => now - days * day;

/**
 * In the order of this day: each third is first once in three days. So where the time is too short for all, all have still had
 * their turn before what they lost is too old.
 */
export const inTurn = <One>(all: readonly One[], now: number): One[] => {
  const first = (Math.floor(now / day) % days) * Math.ceil(all.length / days);
  return [...all.slice(first), ...all.slice(0, first)];
};

/** What is sent again: not what GitHub sent first longer ago, for else it would be sent daily for ever. */
export const worthSending = (attempts: readonly Attempt[], now: number): Attempt[] => {
  const begun = new Set(attempts.filter(({ redelivery }) => !redelivery).map(({ guid }) => guid));
  return undeliveredOf(attempts, now).filter(({ guid }) => begun.has(guid));
};

/** What became of a walk through repositories. */
export interface Walked {
  readonly mended: number;
  /** Why some were not asked. */
  readonly notAsked: readonly string[];
  /** What some could not be asked for, or mended. */
  readonly failed: readonly string[];
  /** How many there was no time for. */
  readonly left: number;
}

const mostReasons = 10;

export const decide = (walks: readonly Walked[]): Outcome => {
  const left = walks.reduce((sum, walk) => sum + walk.left, 0);
  const notAsked = walks.flatMap((walk) => walk.notAsked);
  const more = notAsked.length - mostReasons;
  const reasons = [
    ...notAsked.slice(0, mostReasons),
    ...(more > 0 ? [`${more} more were not asked`] : []),
    ...(left > 0 ? [`the time ran out: ${left} repositories come first another day`] : []),
  ];
  if (reasons.length > 0) return skip(reasons.join('; '));
  return walks.some(({ mended }) => mended > 0) ? emit() : skip('nothing is lost');
};
