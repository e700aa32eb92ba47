import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import type { Faults } from '#local/aws/behaviour.ts';
import type { EventBuses } from '#local/eventbridge/bus.ts';

type PutEvents = EventBuses['putEvents'];

/** Keeps what is on its way to somebody until it is opened: so what overtakes it does so for certain, and not by luck. */
export interface Barrier {
  /** What is kept, each event once. */
  readonly kept: readonly AnyEvent[];
  /** Lets everything pass, now and from now on. To the others it comes once more than it did. */
  open(): void;
}

export interface Keeping {
  /** The end of the name of a function or queue. */
  readonly to: string;
  readonly is: (event: AnyEvent) => boolean;
  /** It opens by itself once it keeps so many events. */
  readonly opensAt?: number;
}

interface Raised {
  takes(...delivery: Parameters<Faults['copies']>): boolean;
}

const raise = (putEvents: PutEvents, { to, is, opensAt = Number.POSITIVE_INFINITY }: Keeping) => {
  const kept = new Map<string, { readonly event: AnyEvent; readonly entry: object }>();
  let isOpen = false;

  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    for (const { entry } of kept.values()) while (putEvents([entry]).FailedEntryCount > 0);
  };

  const raised: Raised = {
    takes: (rule, target, { source: Source, 'detail-type': DetailType, detail }) => {
      const { data: event } = anyEventSchema.safeParse(detail);
      if (isOpen || !target.arn.endsWith(`-${to}`) || event === undefined || !is(event)) return false;
      kept.set(event.id, {
        event,
        entry: { Source, DetailType, Detail: JSON.stringify(detail), EventBusName: rule.bus },
      });
      if (kept.size >= opensAt) queueMicrotask(open);
      return true;
    },
  };
  const barrier: Barrier = {
    get kept() {
      return [...kept.values()].map(({ event }) => event);
    },
    open,
  };
  return { raised, barrier };
};

export const createBarriers = () => {
  const all: Raised[] = [];
  return {
    /** Whether a barrier keeps it, so that no copy of it is delivered. */
    keep: (...delivery: Parameters<Faults['copies']>): boolean => all.some(({ takes }) => takes(...delivery)),
    raise: (putEvents: PutEvents, keeping: Keeping): Barrier => {
      const { raised, barrier } = raise(putEvents, keeping);
      all.push(raised);
      return barrier;
    },
  };
};
