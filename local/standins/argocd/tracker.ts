/** Work that is under way, and when there is none. */
export const createTracker = () => {
  const underway = new Set<Promise<void>>();
  return {
    track: (work: Promise<void>): void => {
      const settled = work.catch(() => undefined); // what is under way when the stand-in closes is broken off
      underway.add(settled);
      void settled.then(() => underway.delete(settled));
    },
    idle: async (): Promise<void> => {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
};
