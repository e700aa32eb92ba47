/** The entrance of a stage. It holds one execution; of those that wait, a newer one overtakes the older. */
export interface Lane {
  /** True once inside, false when a newer execution took the place in the queue. */
  enter(): Promise<boolean>;
  leave(): void;
}

/** CodePipeline's default mode, SUPERSEDED: a stage is locked while it is worked on, and one execution may wait for it. */
export const createLane = (): Lane => {
  let occupied = false;
  let waiting: ((entered: boolean) => void) | undefined;
  return {
    enter: () => {
      if (!occupied) {
        occupied = true;
        return Promise.resolve(true);
      }
      waiting?.(false);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    leave: () => {
      const next = waiting;
      waiting = undefined;
      if (next) next(true);
      else occupied = false;
    },
  };
};
