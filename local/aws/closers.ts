/** Closes in reverse what was opened, all of it even if something fails; calling it again is harmless. */
export const createClosers = () => {
  const closers: (() => void | Promise<void>)[] = [];
  return {
    add: (close: () => void | Promise<void>): void => void closers.push(close),
    close: async (): Promise<void> => {
      const errors: unknown[] = [];
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'not everything could be closed');
    },
  };
};
