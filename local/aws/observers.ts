import type { PutEvent } from '../eventbridge/bus.ts';
import type { Loss } from '../eventbridge/delivery.ts';
import type { Failure } from '../lambda/asynchronous.ts';
import type { LogLine } from '../lambda/environments.ts';
import type { Invocation } from '../lambda/invoke.ts';
import type { ObservedCall } from './endpoint/endpoint.ts';

/** Gives a function that ends the subscription. */
export type Subscribe<Item> = (listener: (item: Item) => void) => () => void;

const createListeners = <Item>() => {
  const listeners = new Set<(item: Item) => void>();
  const subscribe: Subscribe<Item> = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    subscribe,
    tell: (item: Item): void => {
      for (const listener of listeners) listener(item);
    },
  };
};

/** What one can watch. */
export const createObservers = () => ({
  events: createListeners<PutEvent>(),
  invocations: createListeners<Invocation>(),
  logs: createListeners<LogLine>(),
  calls: createListeners<ObservedCall>(),
  failures: createListeners<Failure>(),
  losses: createListeners<Loss>(),
});

export type Observers = ReturnType<typeof createObservers>;
