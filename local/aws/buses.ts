import { createEventBuses, type EventBuses } from '../eventbridge/bus.ts';
import type { Activity } from '../lambda/activity.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Model } from '../template/model.ts';
import { mayForward } from '../template/permissions.ts';
import type { Delays, Faults } from './behaviour.ts';
import { createEventTargets, rulesToDeliver } from './event-targets.ts';
import type { Observers } from './observers.ts';
import type { Queues } from './sqs/queues.ts';

export interface BusesOptions {
  readonly model: Model;
  readonly lambda: Lambda;
  readonly queues: Queues;
  readonly activity: Activity;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly observers: Observers;
}

/** The event buses of a model, tied to its functions and queues. */
export const createBuses = (options: BusesOptions): EventBuses => {
  const { model, lambda, queues, activity, delays, faults, observers } = options;
  const { account, region } = model;
  const buses = createEventBuses(
    { account, region, rules: rulesToDeliver(model), buses: model.buses.map(({ name }) => name) },
    {
      ...createEventTargets(model, lambda, queues),
      retryDelay: delays.deliveryRetry,
      copies: faults.copies,
      reject: faults.reject,
      lost: observers.losses.tell,
      mayForward: (from, bus, source) => mayForward(model, { account: from, bus, source }),
      now: () => new Date(),
    },
  );
  /** Whoever waits for idleness sees by it that the buses have to be waited for once more. */
  const noticed =
    (put: EventBuses['putServiceEvents']): EventBuses['putServiceEvents'] =>
    (entries, from) => {
      activity.begin()();
      return put(entries, from);
    };
  return { ...buses, putEvents: noticed(buses.putEvents), putServiceEvents: noticed(buses.putServiceEvents) };
};
