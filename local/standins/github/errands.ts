/** Work that nobody waits for until everything has to be still. */
export const createErrands = () => {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const allDone = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    add: (errand: Promise<void>): void => {
      const settled: Promise<void> = errand
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(settled));
      running.add(settled);
    },
    allDone,
    /** Resolves once all is done; rejects with what went wrong since it was last asked. */
    idle: async (): Promise<void> => {
      await allDone();
      if (failures.length > 0) throw new AggregateError(failures.splice(0), 'the stand-in of GitHub failed');
    },
  };
};
