import { type AnyEvent, idSchema } from '#events/event.ts';
import { type Image, purlOf } from '#events/image.ts';

/** What Git remembers of a request: its lock, and the trailers of its commit. */
export interface Remembered {
  /** The id of the request. */
  readonly event: string;
  readonly service: string;
  readonly environment: string;
  readonly target: string;
  readonly image: Image;
  readonly order: string;
  readonly reason: 'published' | 'rollback' | 'promotion' | 'request';
  readonly chain?: string | undefined;
  readonly commit?: string | undefined;
}

/**
 * How an event answers a request that is at hand no more, as if it were: the id comes out the same as where the request itself
 * is answered. `by` is what really happened, which gives the rest.
 */
export const answering = (by: AnyEvent, remembered: Remembered) => {
  const { event, service, environment, target, image, order, reason, chain, commit } = remembered;
  return {
    cause: { ...by, id: event },
    said: {
      by: 'image-tag-updater',
      subject: { id: `${service}/${environment}/${target}` },
      ...{ service, environment, target },
      chain: idSchema.safeParse(chain).data ?? by.data.context.chainId,
    },
    asked: {
      service: { id: service },
      environment: { id: environment },
      ...{ target, image, reason, artifactId: purlOf(image) },
      order: { time: order, basis: commit === undefined ? ('registry' as const) : ('commit' as const) },
    },
  };
};
