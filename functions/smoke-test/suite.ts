import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '#shared/config/check.ts';
import type { Answer } from './answer.ts';
import { judge, type Verdict } from './judge.ts';

/** What became of a check. */
export interface Result {
  readonly check: Check;
  /** `unknown`: our own time ran out before its own did. */
  readonly state: 'held' | 'failed' | 'unknown';
  /** The last that was seen. */
  readonly saw: string;
  readonly attempts: number;
  /** Until it held or was given up, in milliseconds. */
  readonly took: number;
}

/** Makes one request; never throws. */
export type Ask = (check: Check, signal: AbortSignal) => Promise<Answer>;

const firstPause = 250;
const longestPause = 5000;

/** Longer from attempt to attempt, and jittered, so that the checks of many deployments do not come in step. */
const pauseAfter = (attempt: number): number =>
  Math.min(longestPause, firstPause * 1.5 ** (attempt - 1)) * (0.5 + Math.random() / 2);

const run = async (check: Check, ask: Ask, signal: AbortSignal): Promise<Result> => {
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  let attempts = 0;
  let seen: Verdict | undefined;
  const resultOf = (state: Result['state']): Result => ({
    check,
    state,
    saw: seen?.saw ?? 'nothing',
    attempts,
    took: Math.round(passed()),
  });

  while (!signal.aborted && passed() < check.within) {
    attempts += 1;
    const left = check.within - passed();
    const patience = Math.ceil(Math.min(check.latency, left));
    const answer = await ask(check, AbortSignal.any([signal, AbortSignal.timeout(patience)]));
    const verdict = judge(check, answer);
    // A request that only the end of all time cut short says less than the one before it.
    const wasCutShort = 'why' in answer && answer.stopped && (signal.aborted || patience < check.latency);
    if (seen === undefined || !wasCutShort) seen = verdict;
    if (verdict.holds) return resultOf('held');
    const pause = Math.min(pauseAfter(attempts), Math.max(0, check.within - passed()));
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  return resultOf(passed() < check.within ? 'unknown' : 'failed');
};

/** Runs all checks side by side, each again and again until it holds, its time is up, or `signal` ends all of them. */
export const runSuite = (checks: readonly Check[], ask: Ask, signal: AbortSignal): Promise<readonly Result[]> =>
  Promise.all(checks.map((check) => run(check, ask, signal)));
