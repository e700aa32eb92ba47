import type { Placed } from './environments.ts';

type Work<Result> = (placed: Placed, cold: boolean) => Promise<Result>;

/** The execution environments of one function: warm ones first, new ones up to a limit, then whoever asks waits. */
export interface FunctionPool {
  /** Lends an environment for one invocation; `cold` says that it was started for it. */
  use<Result>(work: Work<Result>): Promise<Result>;
  close(): Promise<void>;
}

export const createFunctionPool = (
  limit: number,
  start: () => Promise<Placed>,
  discard: (placed: Placed) => Promise<void>,
): FunctionPool => {
  const all = new Set<Placed>();
  const warm: Placed[] = [];
  const waiting: (() => void)[] = [];
  const uses = new Set<Promise<unknown>>();
  let busy = 0;
  let closed = false;

  const remove = async (placed: Placed): Promise<void> => {
    if (all.delete(placed)) await discard(placed);
  };

  const take = async (): Promise<{ placed: Placed; cold: boolean }> => {
    for (let placed = warm.pop(); placed !== undefined; placed = warm.pop()) {
      if (placed.environment.alive) return { placed, cold: false };
      await remove(placed);
    }
    const placed = await start();
    all.add(placed);
    return { placed, cold: true };
  };

  const giveBack = async (placed: Placed): Promise<void> => {
    if (placed.environment.alive && !closed) warm.push(placed);
    else await remove(placed);
  };

  const slot = async (): Promise<void> => {
    if (busy < limit) busy += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };

  /** The slot goes straight to the next in line, so that nobody overtakes. */
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  };

  const checkOpen = (): void => {
    if (closed) throw new Error('the functions are being shut down');
  };

  const lend = async <Result>(work: Work<Result>): Promise<Result> => {
    await slot();
    try {
      checkOpen();
      const { placed, cold } = await take();
      try {
        checkOpen();
        return await work(placed, cold);
      } finally {
        await giveBack(placed);
      }
    } finally {
      release();
    }
  };

  return {
    use: async (work) => {
      const use = lend(work);
      uses.add(use);
      return await use.finally(() => uses.delete(use));
    },
    close: async () => {
      closed = true;
      await Promise.all([...all].map(remove));
      // What was being started meanwhile is discarded by whoever asked for it.
      await Promise.allSettled(uses);
    },
  };
};
