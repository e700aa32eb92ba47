import type { GitRepository } from '../intent.ts';
import { isBroken, isFull, isServers } from './broken.ts';
import { endStragglers } from './stragglers.ts';
import { type createWarmRepositories, keptFree } from './warm.ts';

type Warm = ReturnType<typeof createWarmRepositories>;
type Work<T> = (directory: string) => Promise<T>;

/** Work in copies of repositories, each for one writer alone at a time, and again in a new one where one was broken. */
export const createHealing = (warm: Warm) => {
  const inCopy = async <T>(repository: GitRepository, signal: AbortSignal, work: Work<T>): Promise<T> => {
    const directory = await warm.take(repository);
    try {
      const done = await work(directory);
      await warm.giveBack(directory).catch(() => undefined); // what was pushed is pushed
      return done;
    } catch (error) {
      if (signal.aborted) await endStragglers(directory);
      // Whatever a killed git left behind, and whatever nobody can explain, must not fail the next write, too.
      // Whatever becomes of the copy, this error is the one to tell; what stays is swept later.
      const left = signal.aborted || !isServers(error) ? warm.discard(directory) : warm.giveBack(directory);
      await left.catch(() => undefined);
      throw error;
    }
  };

  const heal = async <T>(repository: GitRepository, signal: AbortSignal, work: Work<T>): Promise<T> => {
    // Every copy that is kept may be broken, but not the new one after them.
    for (let copies = keptFree; ; copies -= 1) {
      try {
        return await inCopy(repository, signal, work);
      } catch (error) {
        if (signal.aborted || copies === 0 || !(isBroken(error) || isFull(error))) throw error;
        if (isFull(error)) await warm.empty();
      }
    }
  };

  return { heal };
};
