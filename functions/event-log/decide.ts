import type { AnyEvent } from '#events/event.ts';
import { imageCommitted } from '#events/images.ts';
import { serviceDeployed, serviceUpgraded } from '#events/services.ts';
import type { DeploymentChange } from '#shared/deliveries/deployment.ts';

/** In the one format in which times compare as text. */
const since = ({ time }: AnyEvent): string => new Date(time).toISOString();

/**
 * The fact about a deployment that an event brings, if any: what Git holds is asked for, what Argo CD runs is deployed. It
 * carries its time, so that whoever records it can tell whether it is news.
 */
export const decide = (event: AnyEvent): DeploymentChange | undefined => {
  const common = { chain: event.data.context.chainId, event: event.id, since: since(event) };
  if (imageCommitted.is(event)) {
    const { service, environment, target, image, gitops } = event.data.subject.content;
    const asked = { ...common, image, revision: gitops.revision };
    return { service: service.id, environment: environment.id, target, fact: 'asked', image: asked };
  }
  if (serviceDeployed.is(event) || serviceUpgraded.is(event)) {
    const { id, content } = event.data.subject;
    const { target, image, revision } = event.data.customData;
    const deployed = { ...common, image, revision };
    return { service: id, environment: content.environment.id, target, fact: 'deployed', image: deployed };
  }
  return undefined;
};
