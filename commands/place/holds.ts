import type { Actor } from '#events/actor.ts';
import type { AnyEvent } from '#events/event.ts';
import { holdCommitted } from '#events/holds.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import { read } from './events.ts';

/** A digest that must not come again until a person releases it, and who said so. */
export interface Hold {
  readonly digest: string;
  readonly since: string;
  readonly reason: 'rollback' | 'hold';
  readonly actor: Actor;
  readonly why?: string | undefined;
  readonly event: string;
  readonly chain: string;
}

type Change = Hold & { readonly action: 'hold' | 'release' };

/** A rollback holds what it replaced, in the same commit. What that was, its request says. */
const byRollback = (event: AnyEvent, target: string, known: ReadonlyMap<string, AnyEvent>): Change | undefined => {
  const committed = read(imageCommitted, event);
  if (committed === undefined) return undefined;
  const { content } = committed.data.subject;
  if (content.target !== target || content.reason !== 'rollback' || !content.changed) return undefined;
  const request = read(imageRequested, known.get(committed.data.context.links?.[0]?.from.contextId ?? ''));
  const digest = request?.data.subject.content.expected ?? content.previous?.digest;
  if (digest === undefined) return undefined;
  return {
    action: 'hold',
    digest,
    since: event.time,
    reason: 'rollback',
    actor: committed.data.customData.actor,
    why: request?.data.customData.why,
    event: event.id,
    chain: event.data.context.chainId,
  };
};

const byRequest = (event: AnyEvent, target: string): Change | undefined => {
  const committed = read(holdCommitted, event);
  if (committed === undefined || committed.data.subject.content.target !== target) return undefined;
  const { action, digest } = committed.data.subject.content;
  return {
    action,
    digest,
    since: event.time,
    reason: 'hold',
    ...committed.data.customData,
    event: event.id,
    chain: event.data.context.chainId,
  };
};

/** What is held of a target, the latest last. The lock in Git decides; this is what the events tell of it. */
export const holdsOf = (target: string, events: readonly AnyEvent[]): readonly Hold[] => {
  const known = new Map(events.map((event) => [event.id, event]));
  const held = new Map<string, Hold>();
  for (const event of events) {
    const change = byRollback(event, target, known) ?? byRequest(event, target);
    if (change === undefined) continue;
    const { action, ...hold } = change;
    // Held once more, it is the latest.
    held.delete(hold.digest);
    if (action === 'hold') held.set(hold.digest, hold);
  }
  return [...held.values()];
};
