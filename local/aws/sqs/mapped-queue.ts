import type { MappedQueue } from '../../lambda/queue-mapping.ts';
import { toRecord } from './message.ts';
import type { LocalQueue } from './queue.ts';

/** A queue as Lambda's event source mapping reads it. */
export const toMappedQueue = (queue: LocalQueue): MappedQueue => ({
  get size() {
    return queue.size;
  },
  receiveOne: () => {
    const [message] = queue.receive(1);
    return message && { ...message, record: toRecord(message, queue.definition.arn) };
  },
  delete: (receiptHandle) => void queue.delete(receiptHandle),
  subscribe: queue.subscribe,
});
