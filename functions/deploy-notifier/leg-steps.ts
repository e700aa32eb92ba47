import type { Leg } from './leg.ts';
import { code, codeBlock, enumerate, link, plain } from './mrkdwn.ts';
import { shortCommit } from './names.ts';
import type { Rollout } from './rollout.ts';
import { colon, type Step, words } from './step.ts';
import { failedChecks, type Suite } from './suites.ts';

const longestDiffShown = 2400;
const mostChecksShown = 3;

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
    ...at('offered').map((rollout) => ({
      mark: 'doing' as const,
      text: `Waits for ${rollout.pull ? link(rollout.pull.url, `pull request #${rollout.pull.number}`) : 'a pull request'}${about([rollout])}`,
    })),
    ...at('proposed').map((rollout) => ({
      mark: 'noted' as const,
      text: rollout.diff ? `Would change Git${about([rollout])}` : `Would change nothing in Git${about([rollout])}`,
      ...(rollout.diff && { block: codeBlock(rollout.diff, longestDiffShown) }),
    })),
    ...at('refused').map((rollout) => ({
      mark: 'failed' as const,
      text: `Refused${about([rollout])}${colon(rollout.refusal?.message)}`,
    })),
    ...(waiting.length > 0 ? [{ mark: 'doing' as const, text: `Not yet in Git${about(waiting)}` }] : []),
  ];
};

const isHealthy = ({ rollouts }: Leg): boolean =>
  rollouts.length > 0 && rollouts.every(({ stage }) => stage === 'healthy');

/** A sync that failed is an incident too, which says more. */
const syncSteps = (leg: Leg): Step[] => {
  const { sync, incidents } = leg;
  switch (sync?.state) {
    case 'requested':
      return isHealthy(leg) ? [] : [{ mark: 'doing', text: 'Argo CD was told' }];
    case 'running':
      return isHealthy(leg) ? [] : [{ mark: 'doing', text: 'Argo CD is syncing' }];
    case 'done':
      return [{ mark: 'done', text: 'Synced', at: sync.at }];
    case 'failed':
      return isHealthy(leg) || incidents.length > 0
        ? []
        : [{ mark: 'failed', text: `The sync failed${colon(sync.errors)}`, at: sync.at }];
    case undefined:
      return [];
  }
};

/** What the checks that failed wanted and saw, a line each. */
export const seenLines = (suite: Pick<Suite, 'checks' | 'reason'>): string[] => {
  const failed = failedChecks(suite);
  if (failed.length === 0) return suite.reason ? [words(suite.reason)] : [];
  const lines = failed
    .slice(0, mostChecksShown)
    .map(({ request, expected, saw }) => `${code(request)} expected ${plain(expected, 200)}, saw ${plain(saw, 300)}`);
  const more = failed.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
};

/** `by 2 checks` */
const byChecks = ({ checks }: Suite): string => {
  if (checks.length === 0) return '';
  return ` by ${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
};

const suiteStep = (suite: Suite, about: string): Step => {
  switch (suite.state) {
    case 'running':
      return { mark: 'doing', text: `The checks are running${about}` };
    case 'success':
      return { mark: 'done', text: `Verified${byChecks(suite)}${about}`, at: suite.at };
    case 'failure': {
      const lines = seenLines(suite);
      const block = lines.length > 0 && { block: lines.join('\n') };
      return { mark: 'failed', text: `The checks failed${about}`, at: suite.at, ...block };
    }
    case 'error':
      return { mark: 'noted', text: `The checks could not tell${about}${colon(suite.reason)}`, at: suite.at };
  }
};

const suiteSteps = ({ rollouts }: Leg): Step[] =>
  rollouts
    .flatMap(({ suite, target }) => (suite ? [suiteStep(suite, rollouts.length > 1 ? ` (${target})` : '')] : []))
    .sort((a, b) => (a.at ?? Number.MAX_VALUE) - (b.at ?? Number.MAX_VALUE));

const healthSteps = (leg: Leg): Step[] => {
  const { rollouts, incidents, recovered } = leg;
  const healthy = rollouts.filter(({ stage }) => stage === 'healthy');
  const all = healthy.length === rollouts.length;
  const text = all ? 'Healthy' : `Healthy so far: ${enumerate(healthy.map(({ target }) => target))}`;
  return [
    ...(healthy.length > 0
      ? [{ mark: all ? ('done' as const) : ('doing' as const), text, at: Math.max(...healthy.map(({ at }) => at)) }]
      : []),
    ...suiteSteps(leg),
    ...incidents.map(({ description, at }) => ({
      mark: 'failed' as const,
      text: description === '' ? 'Unhealthy' : words(description),
      at,
    })),
    ...(recovered === undefined ? [] : [{ mark: 'done' as const, text: 'Healthy again', at: recovered }]),
  ];
};

/** From Git to its proof. */
export const legSteps = (leg: Leg): Step[] => [...gitSteps(leg.rollouts), ...syncSteps(leg), ...healthSteps(leg)];
