/** Counts what is in flight, so that one can wait until nothing is. */
export interface Activity {
  /** Something began; the returned function says that it is over, and may be called more than once. */
  begin(): () => void;
  /** How much has begun so far: whoever waits on several parts sees by it whether anything new came up. */
  readonly begun: number;
  idle(): Promise<void>;
}

export const createActivity = (): Activity => {
  const ongoing = new Set<symbol>();
  let begun = 0;
  let waiting: (() => void)[] = [];
  return {
    begin: () => {
      const one = Symbol('activity');
      ongoing.add(one);
      begun += 1;
      return () => {
        ongoing.delete(one);
        if (ongoing.size > 0) return;
        const resolved = waiting;
        waiting = [];
        for (const resolve of resolved) resolve();
      };
    },
    get begun() {
      return begun;
    },
    idle: async () => {
      while (ongoing.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
};
