import type { Delivery } from './delivery.ts';
import { type Environment, type EnvironmentState, environmentStates } from './environments.ts';
import type { Leg } from './leg.ts';
import { enumerate, plain } from './mrkdwn.ts';
import { shortCommit, shortTag } from './names.ts';
import { clausesOf } from './phrases.ts';
import type { Run } from './runs.ts';
import { failureOf } from './suites.ts';

/** How a delivery stands: the sign in front, a sentence that begins after the service's name, and why, if that helps. */
export interface Headline {
  readonly emoji: string;
  readonly sentence: string;
  readonly reason?: string;
}

const emojis: Readonly<Record<EnvironmentState, string>> = {
  unhealthy: ':rotating_light:',
  failed: ':x:',
  'out-of-sync': ':x:',
  refused: ':no_entry:',
  unproven: ':grey_question:',
  removed: ':wastebasket:',
  'rolling-back': ':rewind:',
  'on-its-way': ':hourglass_flowing_sand:',
  offered: ':raised_hand:',
  'in-git': ':hourglass_flowing_sand:',
  syncing: ':hourglass_flowing_sand:',
  verifying: ':hourglass_flowing_sand:',
  observed: ':eyes:',
  'rolled-back': ':leftwards_arrow_with_hook:',
  replaced: ':fast_forward:',
  held: ':lock:',
  released: ':unlock:',
  healthy: ':white_check_mark:',
  verified: ':white_check_mark:',
  unmoved: ':eyes:',
};

/** How many names a sentence bears. */
const most = 3;

const longestSentence = 900;

/** Names and tags are ASCII, so a sentence of them can be cut anywhere. */
const cut = (sentence: string): string =>
  sentence.length > longestSentence ? `${sentence.slice(0, longestSentence)}…` : sentence;

/** What people call what is delivered. */
export const nameOf = ({ tags, commit }: Pick<Delivery, 'tags' | 'commit'>): string => {
  if (tags.length > 0) return enumerate(tags.map(shortTag), most);
  return commit === undefined ? 'a new version' : shortCommit(commit);
};

const reasonIn = ({ state, incidents, rollouts, sync }: Leg): string | undefined => {
  switch (state) {
    case 'unhealthy':
      return incidents.at(-1)?.description;
    case 'failed':
      return rollouts.flatMap(({ suite }) => (suite?.state === 'failure' ? [failureOf(suite)] : []))[0];
    case 'out-of-sync':
      return sync?.errors;
    case 'refused':
      return rollouts.find(({ stage }) => stage === 'refused')?.refusal?.message;
    case 'unproven':
      return rollouts.find(({ suite }) => suite?.state === 'error')?.suite?.reason;
    default:
      return undefined;
  }
};

const troubles: readonly EnvironmentState[] = ['unhealthy', 'failed', 'out-of-sync', 'refused', 'unproven'];

/** Why, where one environment alone is in a state that somebody has to look at. */
const reasonOf = (state: EnvironmentState, environments: readonly Environment[]): string | undefined => {
  const [environment, ...others] = environments.filter((each) => each.state === state);
  if (environment === undefined || others.length > 0 || !troubles.includes(state)) return undefined;
  const { back, forward, withheld } = environment;
  const reason = back ? reasonIn(back) : (withheld.at(-1)?.message ?? reasonIn(forward));
  return reason && plain(reason, 300);
};

const rolledOut = (delivery: Delivery, moved: readonly Environment[]): Headline => {
  const environments = environmentStates.flatMap((state) => moved.filter((each) => each.state === state));
  const [worst] = environments;
  const sentence = `${nameOf(delivery)} ${clausesOf(environments, delivery.tags.length > 1)}`;
  const reason = worst && reasonOf(worst.state, environments);
  return { emoji: emojis[worst?.state ?? 'healthy'], sentence: cut(sentence), ...(reason && { reason }) };
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
  const moved = delivery.environments.filter(({ state }) => state !== 'unmoved');
  if (moved.length > 0) return rolledOut(delivery, moved);
  if (delivery.problems.length > 0) {
    return { emoji: ':warning:', sentence: 'its configuration is wrong, so nothing is done for it' };
  }
  return built(delivery);
};
