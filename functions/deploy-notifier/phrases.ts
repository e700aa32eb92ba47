import type { Environment, EnvironmentState } from './environments.ts';
import type { LegState } from './leg.ts';
import { enumerate } from './mrkdwn.ts';
import { shortTag } from './names.ts';

/** What a sentence says of the environments whose names stand between its two halves. */
export interface Phrase {
  /** Whether `is` or `are` belongs in front. */
  readonly be: boolean;
  readonly before: string;
  readonly after: string;
}

type Plain = Exclude<EnvironmentState, 'failed' | 'rolling-back' | 'rolled-back' | 'replaced'>;

const plainPhrases: Readonly<Record<Plain, string>> = {
  unhealthy: 'unhealthy in',
  'out-of-sync': 'not synced in',
  refused: 'refused for',
  unproven: 'not proven in',
  removed: 'removed from',
  'on-its-way': 'on its way to',
  offered: 'waiting for a pull request in',
  'in-git': 'in Git for',
  syncing: 'syncing in',
  verifying: 'being verified in',
  observed: 'only observed for',
  held: 'held in',
  released: 'released for',
  healthy: 'healthy in',
  verified: 'verified in',
  unmoved: 'not moved in',
};

/** How the restored image does; what is on its way has nothing to say yet. */
const restored: Partial<Record<LegState, string>> = {
  unhealthy: ', which is unhealthy',
  failed: ', which failed, too',
  'out-of-sync': ', which is not synced',
  unproven: ', which is not proven',
  verifying: ', which is being verified',
  healthy: ', which is healthy',
  verified: ', which is verified',
};

/** The same of an image that a person brought back after its own rollback. */
const again: Partial<Record<LegState, string>> = {
  unhealthy: ', and is unhealthy',
  failed: ', and failed again',
  'out-of-sync': ', and is not synced',
  unproven: ', and is not proven',
  verifying: ', and is being verified',
  healthy: ', and is healthy',
  verified: ', and is verified',
};

const isItself = ({ forward }: Environment, back: NonNullable<Environment['back']>): boolean =>
  back.rollouts.every(({ image }) => forward.rollouts.some((rollout) => rollout.image.digest === image.digest));

const broughtBack = (environment: Environment, back: NonNullable<Environment['back']>, several: boolean): Phrase => {
  const arrived = back.rollouts.every(({ stage }) => stage === 'healthy');
  const verb = arrived ? ['was', 'were'] : ['is being', 'are being'];
  const moved = `${verb[Number(several)]} brought back`;
  const after = ` after ${several ? 'their' : 'its'} rollback${again[back.state] ?? ''}`;
  return environment.failed
    ? { be: false, before: 'failed in', after: ` and ${moved}${after}` }
    : { be: false, before: `${moved} in`, after };
};

const rolledBack = (environment: Environment, back: NonNullable<Environment['back']>, several: boolean): Phrase => {
  const arrived = back.rollouts.every(({ stage }) => stage === 'healthy');
  const verb = arrived ? ['was', 'were'] : ['is being', 'are being'];
  const moved = `${verb[Number(several)]} rolled back`;
  const tags = [...new Set(back.rollouts.map(({ image }) => shortTag(image.tag)))];
  const target = `to ${enumerate(tags, 3)}${restored[back.state] ?? ''}`;
  return environment.failed
    ? { be: false, before: 'failed in', after: ` and ${moved} ${target}` }
    : { be: false, before: `${moved} in`, after: ` ${target}` };
};

const replaced = ({ failed }: Environment, several: boolean): Phrase => {
  const moved = `${several ? 'were' : 'was'} replaced`;
  const by = 'by a newer image before the rollback';
  return failed
    ? { be: false, before: 'failed in', after: ` and ${moved} ${by}` }
    : { be: false, before: `${moved} in`, after: ` ${by}` };
};

/** `several`: the delivery has more than one image. */
export const phraseOf = (environment: Environment, several: boolean): Phrase => {
  const { state, back, withheld } = environment;
  if (back && state !== 'removed')
    return (isItself(environment, back) ? broughtBack : rolledBack)(environment, back, several);
  const left = withheld.length > 0;
  switch (state) {
    case 'failed':
      return { be: false, before: 'failed in', after: left ? ` and ${several ? 'are' : 'is'} not rolled back` : '' };
    case 'unhealthy':
      return { be: true, before: plainPhrases.unhealthy, after: left ? ' and not rolled back' : '' };
    case 'replaced':
    case 'rolling-back':
    case 'rolled-back':
      return replaced(environment, several);
    default:
      return { be: true, before: plainPhrases[state], after: '' };
  }
};

const isSame = (a: Phrase | undefined, b: Phrase): boolean => a?.before === b.before && a.after === b.after;

/** `is verified in staging, healthy in test`: what is said of several environments is said once. */
export const clausesOf = (environments: readonly Environment[], several: boolean): string => {
  const groups: { phrase: Phrase; names: string[] }[] = [];
  for (const environment of environments) {
    const phrase = phraseOf(environment, several);
    const group = groups.find((other) => isSame(other.phrase, phrase));
    if (group) group.names.push(environment.name);
    else groups.push({ phrase, names: [environment.name] });
  }
  return groups
    .map(({ phrase, names }, index) => {
      const said = groups[index - 1]?.phrase;
      const verb = phrase.be && !(said?.be && said.after === '') ? `${several ? 'are' : 'is'} ` : '';
      const separator = said === undefined ? '' : said.after === '' ? ', ' : '; ';
      return `${separator}${verb}${phrase.before} ${enumerate(names)}${phrase.after}`;
    })
    .join('');
};
