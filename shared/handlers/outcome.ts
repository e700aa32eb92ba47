import type { AnyEvent } from '#events/event.ts';

/** What a handler decided: the events to publish, or why there are none. */
export interface Outcome {
  readonly events: readonly AnyEvent[];
  readonly skipped?: string;
}

export const emit = (...events: readonly AnyEvent[]): Outcome => ({ events });

/** Doing nothing is a result. The reason is logged and counted; it answers "why did nothing happen?". */
export const skip = (reason: string): Outcome => ({ events: [], skipped: reason });

/**
 * A handler returns its outcome, or yields events as they happen: each is published before the next is made. What such a
 * handler returns in the end says why, where it yielded nothing.
 */
export type Handled = Promise<Outcome> | AsyncGenerator<AnyEvent, Outcome | undefined>;

/** What is answered, logged and recorded of an outcome. A type, not an interface, so that it is JSON to Powertools. */
export type Summary = { readonly published: string[]; readonly skipped?: string };

export type Publish = (events: readonly AnyEvent[], signal: AbortSignal) => Promise<void>;

/** Publishes what a handler returns or yields, and sums it up. */
export const carryOut = async (handled: Handled, publish: Publish, signal: AbortSignal): Promise<Summary> => {
  if ('then' in handled) {
    const { events, skipped } = await handled;
    if (events.length > 0) await publish(events, signal);
    return { published: events.map(({ id }) => id), ...(skipped !== undefined && { skipped }) };
  }
  const published: string[] = [];
  try {
    for (;;) {
      const step = await handled.next();
      if (step.done) {
        return published.length > 0 ? { published } : { published, skipped: step.value?.skipped || 'nothing to do' };
      }
      await publish([step.value], signal);
      published.push(step.value.id);
    }
  } finally {
    // Lets the generator clean up where publishing failed; one that has ended does not mind.
    await handled.return(undefined);
  }
};
