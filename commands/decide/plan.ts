import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import type { TargetFacts } from '../place/facts.ts';
import type { Place } from '../words.ts';

/** What a command will do, in words and as the event that does it, or why it does nothing. */
export type Plan =
  | {
      readonly plan: 'act';
      readonly says: readonly string[];
      readonly event: AnyEvent;
      /** What may follow. */
      readonly next: readonly string[];
    }
  /** It is so already. */
  | { readonly plan: 'settled'; readonly says: readonly string[] }
  | { readonly plan: 'refused'; readonly says: readonly string[] };

/** Who wants it where, and when (milliseconds since 1970). */
export interface Wish {
  readonly place: Place;
  /** Whether the target has to be named, because there are several. */
  readonly several: boolean;
  readonly actor: Actor;
  readonly why?: string | undefined;
  readonly now: number;
}

/** The producer's name on the bus, of whatever a person asks for. */
export const by = 'command';

/**
 * When it was wished: to the second, so that typing it twice in a second is one wish; and after what the person could see, also
 * where their clock is slow, for the lock does not let what is older undo what is newer.
 */
export const timeOf = ({ latest }: Pick<TargetFacts, 'latest'>, { now }: Wish): string =>
  new Date(Math.max(Math.floor(now / 1000) * 1000, latest === undefined ? 0 : Date.parse(latest))).toISOString();

export const refused = (...says: readonly string[]): Plan => ({ plan: 'refused', says });
