import type { AnyEvent, EventOf } from '#events/event.ts';
import { imageCommitted } from '#events/images.ts';
import type { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import type { Deployment, DeploymentState } from '#shared/deliveries/deployment.ts';
import { expectationOf, requestOf } from './judge.ts';
import { plain } from './plain-text.ts';
import type { Result } from './suite.ts';

/** What is tested: an image that runs now. */
export type Deployed = EventOf<typeof serviceDeployed | typeof serviceUpgraded | typeof serviceRolledback>;

type Finished = EventOf<typeof testSuiteRunFinished>;

/** What is known once the checks have been made. */
export interface Facts {
  /** The chain of the deployment, as far as it is logged. */
  readonly chain: readonly AnyEvent[];
  readonly deployment: Deployment | undefined;
  readonly results: readonly Result[];
  /** When the last check ended. */
  readonly ended: Date;
}

const saidOf = (deployed: Deployed) => {
  const { id: service, content } = deployed.data.subject;
  const { target, image, revision } = deployed.data.customData;
  const { id: environment } = content.environment;
  return {
    by: 'smoke-test',
    subject: { id: deployed.id },
    content: { environment: { id: environment }, testSuite: { id: `${service}/${environment}/smoke`, name: 'smoke' } },
    custom: { deployment: deployed.id, target, image, revision },
    service,
    environment,
    target,
  };
};

export const started = (deployed: Deployed) => {
  const { content, ...said } = saidOf(deployed);
  return testSuiteRunStarted.causedBy(deployed, { ...said, content: { ...content, trigger: { type: 'event' } } });
};

/** The end that is in the log already: of an earlier try that broke off before it was published, or of one beside this. */
export const finishedBefore = (deployed: Deployed, chain: readonly AnyEvent[]): Finished | undefined => {
  const known = chain.filter(testSuiteRunFinished.is).find(({ subject }) => subject === deployed.id);
  // The table keeps no order of fields; the schema has one, so that the same event has the same bytes.
  return known && testSuiteRunFinished.schema.parse(known);
};

const isReplaced = (deployed: Deployed, state: DeploymentState | undefined, since: string): boolean =>
  state !== undefined &&
  state.image.digest !== deployed.data.customData.image.digest &&
  Date.parse(state.since) > Date.parse(since);

/**
 * Why the checks may have met another image than the one they were for; undefined if they did not. The log may be behind: what
 * it has from before this deployment says nothing. What Git wants may run before anybody tells of it, so it counts, too.
 */
const replacement = (deployed: Deployed, { chain, deployment }: Facts): string | undefined => {
  const causes = (deployed.data.context.links ?? []).map(({ from }) => from.contextId);
  const commit = chain.filter(imageCommitted.is).find(({ id }) => causes.includes(id));
  const { deployed: running, asked } = deployment ?? {};
  if (isReplaced(deployed, running, deployed.time)) return `${running?.image.tag} is deployed by now`;
  if (isReplaced(deployed, asked, commit?.time ?? deployed.time)) return `${asked?.image.tag} is asked for by now`;
  return undefined;
};

const longestReason = 1000;

type Outcome = Pick<Finished['data']['subject']['content'], 'outcome' | 'reason'>;

const outcomeOf = (deployed: Deployed, facts: Facts): Outcome => {
  const replaced = replacement(deployed, facts);
  if (replaced !== undefined)
    return { outcome: 'error', reason: `${replaced}, so the checks say nothing about this image` };
  const failed = facts.results.filter(({ state }) => state === 'failed');
  const [first] = failed;
  if (first !== undefined) {
    const { check, saw } = first;
    const count = `${failed.length} of ${facts.results.length} checks did not hold`;
    const reason = `${count}: ${requestOf(check)}: expected ${expectationOf(check)}; saw ${saw}`;
    return { outcome: 'failure', reason: plain(reason, longestReason) };
  }
  if (facts.results.some(({ state }) => state === 'unknown'))
    return { outcome: 'error', reason: 'the time of the function ran out before the checks had theirs' };
  return { outcome: 'success' };
};

/** What the checks prove. Its time is when they ended, for nobody but us can tell. */
export const finished = (deployed: Deployed, facts: Facts): Finished => {
  const { content, custom, ...said } = saidOf(deployed);
  const ended = Math.max(facts.ended.getTime(), Date.parse(deployed.time)); // clocks differ, but causes come first
  return testSuiteRunFinished.causedBy(deployed, {
    ...said,
    time: new Date(ended).toISOString(),
    content: { ...content, ...outcomeOf(deployed, facts) },
    custom: {
      ...custom,
      checks: facts.results.map(({ check, state, saw, attempts, took }) => ({
        request: requestOf(check),
        passed: state === 'held',
        expected: expectationOf(check),
        saw,
        attempts,
        took,
      })),
    },
  });
};
