import { setTimeout as sleep } from 'node:timers/promises';

/** Tasks that run beside their callers, so that somebody can wait for all of them or stop them. */
export interface InFlight {
  /** Starts a task. It may reject only after the signal was aborted. */
  start(task: (pause: Pause) => Promise<void>): void;
  /** Resolves as soon as no task is running, and so no timer is pending. */
  idle(): Promise<void>;
  /** Cancels every pause; the tasks that were in one end there. */
  close(): void;
}

/** Waits some milliseconds, or rejects when everything is closed. */
export type Pause = (milliseconds: number) => Promise<void>;

export const createInFlight = (): InFlight => {
  const controller = new AbortController();
  const { signal } = controller;
  let running = 0;
  let waiting: (() => void)[] = [];

  const done = (): void => {
    running -= 1;
    if (running > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const pause: Pause = (milliseconds) => sleep(milliseconds, undefined, { signal });

  return {
    start: (task) => {
      running += 1;
      task(pause)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        })
        .finally(done);
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: () => controller.abort(),
  };
};
