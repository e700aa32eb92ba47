import { Upstream } from '#shared/handlers/errors.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import type { Walked } from './decide.ts';

/** What a visit of a repository comes to, as it happens: something was mended, or was not asked for a reason. */
export type Step = { readonly mended: string } | { readonly notAsked: string };

/** A repository gets no more than this mended a run; the next one goes on. */
export const mostMended = 100;

/** Visits one after the other until the time is over. What one fails on keeps it from no other. */
export const walk = async <Place>(
  places: readonly Place[],
  visit: (place: Place) => AsyncIterable<Step>,
  { logger, signal }: Pick<Runtime, 'logger'> & { readonly signal: AbortSignal },
): Promise<Walked> => {
  let mended = 0;
  const notAsked: string[] = [];
  const failed: string[] = [];
  for (const [index, place] of places.entries()) {
    const left = places.length - index;
    if (signal.aborted) return { mended, notAsked, failed, left };
    try {
      for await (const step of visit(place)) {
        if ('mended' in step) {
          mended += 1;
          logger.info('MENDED', { lost: step.mended });
        } else notAsked.push(step.notAsked);
        if (signal.aborted) return { mended, notAsked, failed, left };
      }
    } catch (error) {
      if (signal.aborted) return { mended, notAsked, failed, left };
      if (!(error instanceof Upstream)) throw error;
      failed.push(error.message);
    }
  }
  return { mended, notAsked, failed, left: 0 };
};
