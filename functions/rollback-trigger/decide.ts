import type { Image } from '#events/image.ts';
import { incidentDetected } from '#events/services.ts';
import type { Environment } from '#shared/config/config.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import type { Commit, Facts, Failure } from './facts.ts';
import { requested } from './request.ts';
import { isUnproven, type Ways, withheld } from './withhold.ts';

/** The facts don't suffice yet, and may soon. */
export interface Waiting {
  readonly waitsFor: string;
}

export interface Policy extends Ways {
  readonly environment: Environment;
  /** Whether what happened before may still be on its way to the log. */
  readonly isYoung: boolean;
}

const isAfter = (time: string, other: string): boolean => Date.parse(time) > Date.parse(other);

const imageOf = (commit: Commit): Image => commit.data.subject.content.image;

/** What was put in the place of the failing image. Two commits of one second can't be told apart: then the lock decides. */
const replacementOf = ({ commit, commits }: Facts): Commit | undefined =>
  commits.findLast((other) => isAfter(other.time, commit.time) && imageOf(other).digest !== imageOf(commit).digest);

/** The last verified image, unless it is the failing one, or was itself rolled back since. */
const goalOf = ({ commit, commits, verified }: Facts): Image | undefined => {
  if (verified === undefined || verified.image.digest === imageOf(commit).digest) return undefined;
  const isBad = commits.some(({ time, data: { subject } }) => {
    const { reason, previous } = subject.content;
    return reason === 'rollback' && previous?.digest === verified.image.digest && !isAfter(verified.since, time);
  });
  return isBad ? undefined : verified.image;
};

/** Other services whose image may have come by the same sync: those that were not seen to run before it. */
const changedTogether = (failure: Failure, { commit, deployedAt, neighbours }: Facts): string[] => {
  const moment = deployedAt ?? failure.time;
  const cameBefore = ({ deployedAt: other, alike }: Facts['neighbours'][number]): boolean =>
    other !== undefined && (!isAfter(other, commit.time) || (alike && isAfter(moment, other)));
  const told = failure.type === incidentDetected.type ? failure.data.customData.changedTogether : [];
  const all = [...neighbours.filter((one) => !cameBefore(one)).map(({ service }) => service), ...told];
  return [...new Set(all)].filter((service) => service !== commit.data.subject.content.service.id).sort();
};

/** Whether a failing deployment is rolled back, and if not, why not. A person is told whatever a person can do. */
export const decide = (failure: Failure, facts: Facts, policy: Policy): Outcome | Waiting => {
  if (facts.request !== undefined) return emit(facts.request); // it may not have reached the bus
  const { commit } = facts;
  const { reason, first } = commit.data.subject.content;
  const replacement = replacementOf(facts);
  if (replacement) return skip(`${imageOf(replacement).tag} was committed after ${imageOf(commit).tag}`);

  const goal = goalOf(facts);
  const together = changedTogether(failure, facts);
  const withhold = (code: Parameters<typeof withheld>[1]) =>
    emit(withheld(failure, code, { facts, goal, together }, policy));
  if (reason === 'rollback') return withhold('rolled-back-already');
  if (goal === undefined) {
    // The tests of the image before may have passed a moment ago.
    const mayCome = policy.isYoung && !first && facts.verified?.image.digest !== imageOf(commit).digest;
    if (mayCome) return { waitsFor: `no image before ${imageOf(commit).tag} is verified yet` };
    return withhold(first ? 'first-deployment' : 'no-verified-image');
  }
  if (together.length > 0) return withhold('changed-together');
  if (isUnproven(failure)) return withhold('ask');
  const { rollback } = policy.environment;
  if (rollback !== 'auto') return withhold(rollback);
  return emit(requested(failure, facts, goal, policy.environment));
};
