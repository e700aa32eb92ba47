import type { Outcome } from './outcome.ts';

/** What was decided of one event of a batch, or the error that sends its message back to the queue. */
export type Settled = Outcome | Error;

/**
 * Gathers what is left of a batch once every message has either asked to be handled or turned out to be done, handles it
 * together, and gives each its own result.
 */
export const createGathering = <Event>(
  size: number,
  handle: (events: readonly Event[]) => Promise<readonly (Settled | Promise<Settled>)[]>,
) => {
  const waiting: { event: Event; settle: (result: Promise<Outcome>) => void }[] = [];
  let left = size;

  const arrived = (): void => {
    left -= 1;
    if (left > 0 || waiting.length === 0) return;
    const results = handle(waiting.map(({ event }) => event));
    for (const [index, { settle }] of waiting.entries()) {
      settle(
        results.then(async (all) => {
          const result = (await all[index]) ?? new Error('A batch handler gave fewer results than it got events.');
          if (result instanceof Error) throw result;
          return result;
        }),
      );
    }
  };

  return {
    handled: (event: Event): Promise<Outcome> => {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      waiting.push({ event, settle: resolve });
      arrived();
      return promise;
    },
    notNeeded: arrived,
  };
};
