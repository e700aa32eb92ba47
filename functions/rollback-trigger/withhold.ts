import type { EventOf } from '#events/event.ts';
import { rollbackWithheld } from '#events/holds.ts';
import type { Image } from '#events/image.ts';
import { incidentDetected } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import { commandLine } from '#shared/config/command-line.ts';
import type { Commit, Facts, Failure } from './facts.ts';

/** What a command needs to name a place. */
export type Ways = Parameters<typeof commandLine>[2];

export type Withheld = EventOf<typeof rollbackWithheld>;
type Code = Withheld['data']['subject']['content']['code'];

interface Situation {
  readonly facts: Facts;
  /** The image to go back to, if there is one. */
  readonly goal: Image | undefined;
  /** Other services that changed in the same revision. */
  readonly together: readonly string[];
}

const longestFailure = 1200;
const mostServices = 200;

/** The checks came to no end, which is no proof of anything. */
export const isUnproven = (failure: Failure): boolean =>
  failure.type === testSuiteRunFinished.type && failure.data.subject.content.outcome === 'error';

const failed = (failure: Failure, { tag }: Image): string => {
  if (failure.type === incidentDetected.type) return failure.data.subject.content.description;
  const { reason } = failure.data.subject.content;
  const what = isUnproven(failure) ? 'could not be finished' : 'failed';
  return `The checks of ${tag} ${what}${reason === undefined ? '' : `: ${reason}`}`;
};

const because = (failure: Failure, code: Code, { facts, goal, together }: Situation): string => {
  const { tag, digest } = facts.commit.data.subject.content.image;
  const back = goal === undefined ? '' : ` The last verified image is ${goal.tag}.`;
  switch (code) {
    case 'ask':
      return isUnproven(failure)
        ? `Nothing is proven, so nothing is rolled back by itself.${back}`
        : `Here a person decides about a rollback.${back}`;
    case 'off':
      return `Nothing is rolled back by itself here.${back}`;
    case 'first-deployment':
      return `${tag} is the first image that Fairlead put here, so there is none to go back to. Push a fix.`;
    case 'no-verified-image':
      return facts.verified?.image.digest === digest
        ? `${tag} was itself verified before, so it may not be to blame, and which image came before it was not kept.`
        : 'No image before it was verified here, so none is safe to go back to by itself.';
    case 'changed-together': {
      const some =
        together.slice(0, 10).join(', ') + (together.length > 10 ? `, and ${together.length - 10} more` : '');
      return `${tag} came in one sync with changes of ${some}, and nobody can tell which is to blame.${back}`;
    }
    case 'rolled-back-already':
      return `${tag} is what a rollback brought back. Going back again could go in circles, so a person decides.`;
  }
};

/** The last image before that was neither this one nor rolled back: proven or not, a person may want it. */
const lastResort = ({ commit, commits }: Facts): Commit | undefined => {
  const bad = commits.flatMap(({ data: { subject } }) =>
    subject.content.reason === 'rollback' ? (subject.content.previous?.digest ?? []) : [],
  );
  const { digest } = commit.data.subject.content.image;
  return commits.findLast(({ time, data }) => {
    const other = data.subject.content.image.digest;
    return Date.parse(time) < Date.parse(commit.time) && other !== digest && !bad.includes(other);
  });
};

const commandFor = (code: Code, { facts, goal }: Situation, ways: Ways): string | undefined => {
  const { service, environment, target } = facts.commit.data.subject.content;
  const place = { service: service.id, environment: environment.id, target };
  if (goal !== undefined && code !== 'rolled-back-already') return commandLine('rollback', place, ways);
  const before = lastResort(facts)?.data.subject.content.image.tag;
  return before && commandLine('rollback', place, ways, `--to ${before}`);
};

/** Nothing is done by itself: says why, and what a person can type. */
export const withheld = (failure: Failure, code: Code, situation: Situation, ways: Ways): Withheld => {
  const { commit } = situation.facts;
  const { service, environment, target, image } = commit.data.subject.content;
  const what = failed(failure, image).slice(0, longestFailure).replace(/\.$/, '');
  const command = commandFor(code, situation, ways);
  return rollbackWithheld.causedBy(commit, {
    by: 'rollback-trigger',
    target,
    time: failure.time,
    subject: { id: commit.subject },
    content: {
      service,
      environment,
      target,
      image,
      code,
      message: `${what}. ${because(failure, code, situation)}`,
      ...(command !== undefined && { command }),
    },
    custom: {
      ...(situation.goal && { verified: situation.goal }),
      changedTogether: situation.together.slice(0, mostServices),
    },
  });
};
