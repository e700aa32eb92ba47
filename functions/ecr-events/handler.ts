import { purlOf } from '#events/image.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { fromAws } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { deleted, firstSeenOf, orderOf, ordersByRegistry, ownChain, published } from './decide.ts';
import { type ImageAction, imageActionSchema, isTagged } from './image-action.ts';
import { createOrigins } from './origin.ts';
import type { Registry } from './registry.ts';
import { createSightings } from './sightings.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly deliveries: Pick<Deliveries, 'bySubject' | 'chain' | 'pushes'>;
  readonly registry: Registry;
  /** How long an image waits for the push of its commit to be logged, in milliseconds. */
  readonly pushGrace: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const createHandler = ({ runtime, config, deliveries, registry, pushGrace, now }: Dependencies) => {
  const findOrigin = createOrigins({ deliveries, revision: registry.revision });
  const sightingsOf = createSightings({ deliveries, pushedAt: registry.pushedAt });

  const chainOfDeleted = async (action: ImageAction): Promise<string> => {
    const [logged] = await deliveries.bySubject(purlOf(action));
    return logged?.data.context.chainId ?? ownChain(action);
  };

  return onEvent(runtime, fromAws(imageActionSchema), async (action, signal) => {
    const { repository } = action;
    if (!action.succeeded) return skip(`the ${action.action} of ${repository} did not succeed`);
    const services = (await config()).services.filter(({ images }) => Object.values(images).includes(repository));
    if (action.action === 'DELETE') return emit(deleted(action, await chainOfDeleted(action), services));
    if (action.action !== 'PUSH') return skip(`${action.action} neither publishes nor deletes an image`);
    if (!isTagged(action)) return skip('the manifest has no tag: it is a part of a multi-architecture image');

    const { missing, ...origin } = await findOrigin(action, services, signal);
    if (missing !== undefined && now() - Date.parse(action.time) < pushGrace) {
      throw new Upstream(`${repository}:${action.tag} waits: ${missing} yet.`);
    }
    const { push, chain } = origin;
    const firstSeen =
      push && !services.some(ordersByRegistry) ? undefined : firstSeenOf(await sightingsOf(action, chain, signal));
    return emit(published(action, { ...origin, order: orderOf(push, firstSeen ?? action.time), firstSeen, services }));
  });
};
