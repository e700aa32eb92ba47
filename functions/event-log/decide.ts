import type { AnyEvent, EventOf } from '#events/event.ts';
import { imageCommitted } from '#events/images.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { DeploymentChange, DeploymentState } from '#shared/deliveries/deployment.ts';

type Deployed = EventOf<typeof serviceDeployed | typeof serviceUpgraded | typeof serviceRolledback>;

const isDeployed = (event: AnyEvent): event is AnyEvent & Deployed =>
  serviceDeployed.is(event) || serviceUpgraded.is(event) || serviceRolledback.is(event);

/** In the one format in which times compare as text. */
const since = ({ time }: AnyEvent): string => new Date(time).toISOString();

const changeOf = (
  deployed: AnyEvent & Deployed,
  fact: DeploymentChange['fact'],
  said: Pick<DeploymentState, 'event'>,
): DeploymentChange => {
  const { id: service, content } = deployed.data.subject;
  const { target, image, revision } = deployed.data.customData;
  const state = { chain: deployed.data.context.chainId, since: since(deployed), image, revision, event: said.event };
  return { service, environment: content.environment.id, target, fact, image: state };
};

/**
 * The fact about a deployment that an event brings by itself, if any: what Git holds is asked for, what Argo CD runs is
 * deployed. It carries its time, so that whoever records it can tell whether it is news.
 */
export const decide = (event: AnyEvent): DeploymentChange | undefined => {
  if (imageCommitted.is(event)) {
    const { service, environment, target, image, gitops } = event.data.subject.content;
    const common = { chain: event.data.context.chainId, event: event.id, since: since(event) };
    const asked = { ...common, image, revision: gitops.revision };
    return { service: service.id, environment: environment.id, target, fact: 'asked', image: asked };
  }
  return isDeployed(event) ? changeOf(event, 'deployed', { event: event.id }) : undefined;
};

/** Whether an event may complete the proof of a deployment, so that its chain must be read. */
export const mayVerify = (event: AnyEvent): boolean =>
  isDeployed(event) || (testSuiteRunFinished.is(event) && event.data.subject.content.outcome === 'success');

/**
 * What is verified once an event is in the log: the deployment whose suite passed, whichever of the two came first; and each
 * deployment where nothing is tested. Its time is the deployment's, so that a slow suite of an old image changes nothing.
 */
export const decideVerified = (
  event: AnyEvent,
  chain: readonly AnyEvent[],
  isTested: (deployed: { readonly service: string; readonly environment: string }) => boolean,
): DeploymentChange | undefined => {
  const deployed = isDeployed(event)
    ? event
    : testSuiteRunFinished.is(event) &&
      chain.filter(isDeployed).find(({ id }) => id === event.data.customData.deployment);
  if (!deployed) return undefined;
  const passed = chain
    .filter(testSuiteRunFinished.is)
    .find(({ data }) => data.customData.deployment === deployed.id && data.subject.content.outcome === 'success');
  if (passed) return changeOf(deployed, 'verified', { event: passed.id });
  const { id: service, content } = deployed.data.subject;
  return isTested({ service, environment: content.environment.id })
    ? undefined
    : changeOf(deployed, 'verified', { event: deployed.id });
};
