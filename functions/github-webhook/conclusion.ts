import * as z from 'zod';
import type { RunOutcome } from '#events/pipelines.ts';

/** How GitHub says that a run or job ended; null while it has not. */
export const conclusion = z
  .string()
  .regex(/^[a-z0-9_]{1,50}$/, 'is not the name of a conclusion')
  .nullish();

/** A run that did nothing (skipped, or superseded before it began) is no success: whoever counts builds must see that. */
const outcomes: ReadonlyMap<string, RunOutcome> = new Map([
  ['success', 'success'],
  ['neutral', 'success'],
  ['failure', 'failure'],
  ['timed_out', 'failure'],
  ['startup_failure', 'error'],
  ['cancelled', 'cancel'],
  ['skipped', 'cancel'],
  ['stale', 'cancel'],
]);

/**
 * How a run ended in CDEvents' words, with GitHub's own where it was no success. Undefined where it has not ended: what
 * completed as `action_required` waits for an approval, and then runs under the same id and attempt.
 */
export const endOf = (concluded: z.infer<typeof conclusion>): { outcome: RunOutcome; errors?: string } | undefined => {
  if (!concluded || concluded === 'action_required') return undefined;
  const outcome = outcomes.get(concluded) ?? 'error';
  return outcome === 'success' ? { outcome } : { outcome, errors: `GitHub's conclusion: ${concluded}` };
};
