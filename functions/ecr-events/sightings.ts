import { artifactPublished } from '#events/images.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import type { ImageAction } from './image-action.ts';
import type { Registry } from './registry.ts';

interface Dependencies {
  readonly deliveries: Pick<Deliveries, 'chain'>;
  readonly pushedAt: Registry['pushedAt'];
}

/** The times at which a digest is known to have been in the registry: what orders an image without a commit. */
export const createSightings =
  ({ deliveries, pushedAt }: Dependencies) =>
  async (action: ImageAction, chain: string, signal: AbortSignal): Promise<readonly string[]> => {
    const logged = (await deliveries.chain(chain)).filter(artifactPublished.is).filter(({ data }) => {
      const { repository, digest } = data.customData.image;
      return repository === action.repository && digest === action.digest;
    });
    const pushed = await pushedAt(action, signal);
    return [action.time, ...logged.map(({ time }) => time), ...(pushed === undefined ? [] : [pushed])];
  };
