import type { Delivery } from './delivery.ts';
import { type Environment, isSuperseded } from './environments.ts';
import { legSteps } from './leg-steps.ts';
import { code, codeBlock, enumerate, link, plain } from './mrkdwn.ts';
import { byPerson, shortTag } from './names.ts';
import type { Hold, Withheld } from './people.ts';
import type { Rollout } from './rollout.ts';
import type { Run } from './runs.ts';
import { colon, type Step, words } from './step.ts';

const longestCommand = 600;

const buildStep = (run: Run): Step => {
  const what = run.own ? link(run.uri, 'build') : `workflow ${link(run.uri, plain(run.name, 100))}`;
  switch (run.state) {
    case 'queued':
      return { mark: 'doing', text: `The ${what} was asked for` };
    case 'running':
      return { mark: 'doing', text: `The ${what} is running` };
    case 'success':
      return { mark: 'done', text: run.own ? link(run.uri, 'Built') : `The ${what} passed`, at: run.at };
    case 'cancel':
      return { mark: 'noted', text: `The ${what} was cancelled`, at: run.at };
    case 'failure':
    case 'error': {
      const steps = run.failed.map(({ name, errors }) => `*${plain(name, 100)}*${colon(errors)}`);
      const where = steps.length > 0 ? ` in ${enumerate(steps, 3)}` : '';
      return { mark: 'failed', text: `The ${what} failed${where}`, at: run.at };
    }
  }
};

/** From the push to the registry. */
export const stepsBefore = ({ push, runs, published, tags, problems }: Delivery): Step[] => [
  ...(push ? [{ mark: 'done' as const, text: `Pushed to ${code(push.branch)}`, at: push.at }] : []),
  ...runs.map(buildStep),
  ...(published === undefined
    ? []
    : [
        {
          mark: 'done' as const,
          text: `In the registry as ${enumerate(tags.map((tag) => code(shortTag(tag))))}`,
          at: published,
        },
      ]),
  ...problems.map((problem) => ({ mark: 'failed' as const, text: words(problem) })),
];

const tagOf = ({ image }: Rollout): string => code(shortTag(image.tag));

const refusedStep = (rollback: Rollout): Step => {
  const rolling = `rollback to ${tagOf(rollback)}${byPerson(rollback.actor, undefined)}`;
  return isSuperseded(rollback)
    ? { mark: 'noted', text: `A newer image came before the ${rolling}` }
    : { mark: 'failed', text: `The ${rolling} was refused${colon(rollback.refusal?.message)}` };
};

const withheldStep = ({ message, command, at }: Withheld): Step => ({
  mark: 'failed',
  text: `Not rolled back${colon(message)}`,
  at,
  ...(command && { block: codeBlock(command, longestCommand) }),
});

const backSteps = ({ back }: Environment): Step[] => {
  if (back === undefined) return [];
  const headers = back.rollouts.map((rollback): Step => {
    const done = rollback.stage === 'healthy';
    const by = byPerson(rollback.actor, rollback.why);
    return { mark: done ? 'done' : 'doing', text: `${done ? 'Rolled' : 'Rolling'} back to ${tagOf(rollback)}${by}` };
  });
  return [...headers, ...legSteps(back)];
};

const holdStep = ({ action, stage, image, actor, why, at, refusal }: Hold): Step => {
  const tag = code(image);
  const said = byPerson({ ...actor, by: 'command' }, why);
  switch (stage) {
    case 'committed':
      return { mark: 'noted', text: `${action === 'hold' ? 'Held' : 'Released'} ${tag}${said}`, at };
    case 'requested':
      return { mark: 'doing', text: `${action === 'hold' ? 'To be held' : 'To be released'}: ${tag}${said}` };
    case 'refused':
      return {
        mark: 'failed',
        text: `${action === 'hold' ? 'Not held' : 'Not released'}: ${tag}${said}${colon(refusal)}`,
        at,
      };
  }
};

/** From the wish that it should run here to its proof, or to that of what was before it. */
export const stepsIn = (environment: Environment): Step[] => {
  const { forward, refusals, withheld, holds, removed } = environment;
  return [
    ...legSteps(forward),
    ...withheld.map(withheldStep),
    ...refusals.map(refusedStep),
    ...backSteps(environment),
    ...holds.map(holdStep),
    ...(removed === undefined ? [] : [{ mark: 'noted' as const, text: 'Its application was deleted', at: removed }]),
  ];
};
