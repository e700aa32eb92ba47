import type { Model } from '../template/model.ts';
import type { Activity } from './activity.ts';
import type { Lambda } from './lambda.ts';
import { type MappedQueue, startQueueMapping } from './queue-mapping.ts';

export interface QueueMappingsOptions {
  readonly model: Model;
  readonly lambda: Lambda;
  readonly activity: Activity;
  /** At most so many batches of a mapping at once, where it has no limit of its own. */
  readonly concurrency: number;
  queueOf(arn: string): MappedQueue;
  /** How long a second of a batching window lasts, in ms. */
  milliseconds(seconds: number): number;
}

/** Feeds functions from the queues that the template maps to them. */
export const startQueueMappings = (options: QueueMappingsOptions) => {
  const { model, lambda, activity, concurrency, queueOf, milliseconds } = options;
  const mappings = model.queueMappings.map((mapping) =>
    startQueueMapping({
      mapping,
      queue: queueOf(mapping.queueArn),
      activity,
      concurrency: Math.min(mapping.maximumConcurrency ?? concurrency, concurrency),
      windowMs: milliseconds(mapping.windowSeconds),
      invoke: (payload) => lambda.invoke(mapping.functionArn, payload),
    }),
  );
  return {
    close: (): void => {
      for (const mapping of mappings) mapping.close();
    },
  };
};
