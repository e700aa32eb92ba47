/** Those who want to know; whoever subscribes gets the way out. */
export interface Listeners<Item> {
  tell(item: Item): void;
  subscribe(listener: (item: Item) => void): () => void;
}

export const createListeners = <Item>(): Listeners<Item> => {
  const listeners = new Set<(item: Item) => void>();
  return {
    tell: (item) => {
      for (const listener of listeners) listener(item);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
