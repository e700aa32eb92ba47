import type * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';

/** The events of one kind. What does not have its kind's shape (a foreign producer's) is left out: it can't be told. */
export const only = <Event>(
  kind: { readonly type: string; readonly schema: z.ZodType<Event> },
  events: readonly AnyEvent[],
): Event[] =>
  events.flatMap((event) => {
    if (event.type !== kind.type) return [];
    const parsed = kind.schema.safeParse(event);
    return parsed.success ? [parsed.data] : [];
  });

/** Each event once, by time and where two happened at once by id: the arrival is forgotten here. */
export const settled = (events: readonly AnyEvent[]): AnyEvent[] =>
  [...new Map(events.map((event) => [event.id, event])).values()].sort(
    (a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );

/** Milliseconds since 1970. */
export const timeOf = ({ time }: Pick<AnyEvent, 'time'>): number => Date.parse(time);

/** The id of what caused it, or its own where it says of no cause. */
export const causeOf = ({ id, data }: Pick<AnyEvent, 'id' | 'data'>): string =>
  data.context.links?.[0]?.from.contextId ?? id;
