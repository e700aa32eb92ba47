import type * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';

/** The event as its kind defines it, or undefined where it is of another kind or of a shape that the kind no longer has. */
export const read = <Event>(
  kind: { readonly type: string; readonly schema: z.ZodType<Event> },
  event: AnyEvent | undefined,
): Event | undefined => (event?.type === kind.type ? kind.schema.safeParse(event).data : undefined);
