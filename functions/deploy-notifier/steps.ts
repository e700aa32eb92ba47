import type { Delivery } from './delivery.ts';
import type { Environment } from './environments.ts';
import { shortCommit, shortTag } from './headline.ts';
import { code, codeBlock, enumerate, link, plain } from './mrkdwn.ts';
import type { Rollout } from './rollout.ts';
import type { Run } from './runs.ts';

/** One line of a delivery. `at` is when it was done, in milliseconds; what goes on has no time yet. */
export interface Step {
  readonly mark: 'done' | 'doing' | 'failed' | 'noted';
  readonly text: string;
  readonly at?: number;
  /** Set below the line, as it is. */
  readonly block?: string;
}

const longestReason = 600;
const longestDiffShown = 2400;

const colon = (reason: string | undefined): string => (reason ? `: ${plain(reason, longestReason)}` : '');

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
  ...problems.map((problem) => ({ mark: 'failed' as const, text: plain(problem, longestReason) })),
];

const gitSteps = (rollouts: readonly Rollout[]): Step[] => {
  const several = rollouts.length > 1;
  const about = (some: readonly Rollout[]): string =>
    several ? ` (${enumerate(some.map(({ target }) => target))})` : '';
  const at = (stage: Rollout['stage']): Rollout[] => rollouts.filter((rollout) => rollout.stage === stage);

  const waiting = at('requested');
  const committed = rollouts.flatMap((rollout) => (rollout.commit ? [{ rollout, ...rollout.commit }] : []));
  const commits = [...Map.groupBy(committed, ({ revision }) => revision).values()];
  return [
    ...commits.map((group) => ({
      mark: 'done' as const,
      text: `${group.some(({ changed }) => changed) ? 'In Git' : 'Already in Git'} at ${group
        .slice(0, 1)
        .map(({ revision }) => code(shortCommit(revision)))}${about(group.map(({ rollout }) => rollout))}`,
      at: Math.max(...group.map((commit) => commit.at)),
    })),
    ...at('proposed').map((rollout) => ({
      mark: 'noted' as const,
      text: rollout.diff ? `Would change Git${about([rollout])}` : `Would change nothing in Git${about([rollout])}`,
      ...(rollout.diff && { block: codeBlock(rollout.diff, longestDiffShown) }),
    })),
    ...at('refused').map((rollout) => ({
      mark: 'failed' as const,
      text: `Refused${about([rollout])}${colon(rollout.refusal)}`,
    })),
    ...(waiting.length > 0 ? [{ mark: 'doing' as const, text: `Not yet in Git${about(waiting)}` }] : []),
  ];
};

/** A sync that failed is an incident too, which says more. */
const syncSteps = ({ sync, state, incidents }: Environment): Step[] => {
  switch (sync?.state) {
    case 'requested':
      return state === 'healthy' ? [] : [{ mark: 'doing', text: 'Argo CD was told' }];
    case 'running':
      return state === 'healthy' ? [] : [{ mark: 'doing', text: 'Argo CD is syncing' }];
    case 'done':
      return [{ mark: 'done', text: 'Synced', at: sync.at }];
    case 'failed':
      return state === 'healthy' || incidents.length > 0
        ? []
        : [{ mark: 'failed', text: `The sync failed${colon(sync.errors)}`, at: sync.at }];
    case undefined:
      return [];
  }
};

const healthSteps = ({ rollouts, incidents, recovered, removed }: Environment): Step[] => {
  const healthy = rollouts.filter(({ stage }) => stage === 'healthy');
  const all = healthy.length === rollouts.length;
  const text = all ? 'Healthy' : `Healthy so far: ${enumerate(healthy.map(({ target }) => target))}`;
  return [
    ...(healthy.length > 0
      ? [{ mark: all ? ('done' as const) : ('doing' as const), text, at: Math.max(...healthy.map(({ at }) => at)) }]
      : []),
    ...incidents.map(({ description, at }) => ({
      mark: 'failed' as const,
      text: description === '' ? 'Unhealthy' : plain(description, longestReason),
      at,
    })),
    ...(recovered === undefined ? [] : [{ mark: 'done' as const, text: 'Healthy again', at: recovered }]),
    ...(removed === undefined ? [] : [{ mark: 'noted' as const, text: 'Its application was deleted', at: removed }]),
  ];
};

/** From the wish that it should run here to its health. */
export const stepsIn = (environment: Environment): Step[] => [
  ...gitSteps(environment.rollouts),
  ...syncSteps(environment),
  ...healthSteps(environment),
];
