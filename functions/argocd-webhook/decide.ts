import type { AnyEvent } from '#events/event.ts';
import { deployments } from './deployments.ts';
import type { Commit } from './evidence.ts';
import type { Facts } from './facts.ts';
import { incidents } from './incidents.ts';
import { removals } from './removals.ts';
import { syncs } from './syncs.ts';

/** An event, and the commit that it is about. */
export interface Finding {
  readonly commit: Commit;
  readonly event: AnyEvent;
}

/** What follows from what is known and was not said yet, in the order of its happening. */
export const decide = (facts: Facts): readonly Finding[] => {
  const said = new Set(facts.commits.flatMap((known) => [...known.said]));
  const found = new Map<string, Finding>();
  for (const finding of [...syncs(facts), ...deployments(facts), ...incidents(facts), ...removals(facts)]) {
    if (!said.has(finding.event.id) && !found.has(finding.event.id)) found.set(finding.event.id, finding);
  }
  return [...found.values()].sort((a, b) => Date.parse(a.event.time) - Date.parse(b.event.time));
};
