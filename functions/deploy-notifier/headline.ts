import type { Delivery } from './delivery.ts';
import { type Environment, type EnvironmentState, environmentStates } from './environments.ts';
import { enumerate, plain } from './mrkdwn.ts';
import type { Run } from './runs.ts';

/** How a delivery stands: the sign in front, a sentence that begins after the service's name, and why, if that helps. */
export interface Headline {
  readonly emoji: string;
  readonly sentence: string;
  readonly reason?: string;
}

const emojis: Readonly<Record<EnvironmentState, string>> = {
  unhealthy: ':rotating_light:',
  'out-of-sync': ':x:',
  refused: ':no_entry:',
  removed: ':wastebasket:',
  'on-its-way': ':hourglass_flowing_sand:',
  'in-git': ':hourglass_flowing_sand:',
  syncing: ':hourglass_flowing_sand:',
  observed: ':eyes:',
  healthy: ':white_check_mark:',
};

const phrases: Readonly<Record<EnvironmentState, string>> = {
  unhealthy: 'unhealthy in',
  'out-of-sync': 'not synced in',
  refused: 'refused for',
  removed: 'removed from',
  'on-its-way': 'on its way to',
  'in-git': 'in Git for',
  syncing: 'syncing in',
  observed: 'only observed for',
  healthy: 'healthy in',
};

const commitId = /[0-9a-f]{40}|[0-9a-f]{64}/g;

export const shortCommit = (commit: string): string => commit.slice(0, 7);

/** A tag as people say it: a whole commit id in it is too long to read. */
export const shortTag = (tag: string): string => tag.replace(commitId, shortCommit);

/** How many names a sentence bears. */
const most = 3;

const longestSentence = 900;

/** Names and tags are ASCII, so a sentence of them can be cut anywhere. */
const cut = (sentence: string): string =>
  sentence.length > longestSentence ? `${sentence.slice(0, longestSentence)}…` : sentence;

const nameOf = ({ tags, commit }: Delivery): string => {
  if (tags.length > 0) return enumerate(tags.map(shortTag), most);
  return commit === undefined ? 'a new version' : shortCommit(commit);
};

/** Why, where one environment alone is in a state that somebody has to look at. */
const reasonOf = (state: EnvironmentState, environments: readonly Environment[]): string | undefined => {
  const troubled = environments.filter((environment) => environment.state === state);
  const [environment] = troubled;
  if (environment === undefined || troubled.length > 1) return undefined;
  const reasons: Partial<Record<EnvironmentState, string | undefined>> = {
    unhealthy: environment.incidents.at(-1)?.description,
    'out-of-sync': environment.sync?.errors,
    refused: environment.rollouts.find(({ stage }) => stage === 'refused')?.refusal,
  };
  return reasons[state] && plain(reasons[state], 300);
};

const rolledOut = (delivery: Delivery): Headline => {
  const { environments } = delivery;
  const present = environmentStates.filter((state) => environments.some((environment) => environment.state === state));
  const parts = present.map((state) => {
    const names = environments.filter((environment) => environment.state === state).map(({ name }) => name);
    return `${phrases[state]} ${enumerate(names)}`;
  });
  const [worst = 'healthy'] = present;
  const be = delivery.tags.length > 1 ? 'are' : 'is';
  const sentence = `${nameOf(delivery)} ${be} ${parts.join(', ')}`;
  const reason = reasonOf(worst, environments);
  return { emoji: emojis[worst], sentence: cut(sentence), ...(reason && { reason }) };
};

/** The run that says how the build stands: the one that needs most attention, of the service's own if it has any. */
const decisiveRun = (runs: readonly Run[]): Run | undefined => {
  const own = runs.filter((run) => run.own);
  const order: readonly Run['state'][] = ['failure', 'error', 'running', 'queued', 'cancel', 'success'];
  return [...(own.length > 0 ? own : runs)].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0];
};

const built = (delivery: Delivery): Headline => {
  const run = decisiveRun(delivery.runs);
  const name = nameOf(delivery);
  switch (run?.state) {
    case 'failure':
    case 'error': {
      const steps = run.failed.map((step) => plain(step.name, 100));
      const where = steps.length > 0 ? ` in ${enumerate(steps, most)}` : '';
      return { emoji: ':x:', sentence: `the build of ${name} failed${where}` };
    }
    case 'cancel':
      return { emoji: ':heavy_minus_sign:', sentence: `the build of ${name} was cancelled` };
    case 'running':
      return { emoji: ':hourglass_flowing_sand:', sentence: `${name} is being built` };
    case 'queued':
      return { emoji: ':hourglass_flowing_sand:', sentence: `${name} waits for its build` };
    case 'success':
      return { emoji: ':package:', sentence: `${name} is built` };
    case undefined:
      return delivery.published === undefined
        ? { emoji: ':hourglass_flowing_sand:', sentence: `${name} was pushed` }
        : { emoji: ':package:', sentence: `${name} is in the registry` };
  }
};

/** The state of a delivery in one sentence. What is farther along says more than what came before it. */
export const headlineOf = (delivery: Delivery): Headline => {
  if (delivery.environments.length > 0) return rolledOut(delivery);
  if (delivery.problems.length > 0) {
    return { emoji: ':warning:', sentence: 'its configuration is wrong, so nothing is done for it' };
  }
  return built(delivery);
};
