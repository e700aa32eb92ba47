import type { QueueMapping } from '../template/model.ts';
import type { Activity } from './activity.ts';
import { failedMessages } from './batch-response.ts';
import type { Invocation } from './invoke.ts';

/** A message as the mapping needs it: `record` is what the function sees of it. */
export interface MappedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly record: object;
}

/** The queue that a mapping reads. */
export interface MappedQueue {
  /** Messages of any state. */
  readonly size: number;
  receiveOne(): MappedMessage | undefined;
  delete(receiptHandle: string): void;
  /** Calls back whenever a message arrives, becomes visible, or goes. */
  subscribe(listener: () => void): () => void;
}

export interface QueueMappingOptions {
  readonly mapping: QueueMapping;
  readonly queue: MappedQueue;
  readonly activity: Activity;
  /** At most so many batches at once. */
  readonly concurrency: number;
  /** How long a batch is gathered, in ms. */
  readonly windowMs: number;
  invoke(payload: string): Promise<Invocation>;
}

/** A batch of so many bytes gets no further message: with the last one it still fits into a synchronous request. */
const batchBytes = 4 * 1024 * 1024;

interface Batch {
  readonly messages: MappedMessage[];
  bytes: number;
}

/** Reads a queue for a function, as Lambda's event source mapping does: in batches, and only the successful ones go. */
export const startQueueMapping = (options: QueueMappingOptions) => {
  const { mapping, queue, activity, concurrency, windowMs, invoke } = options;
  let gathering: Batch = { messages: [], bytes: 0 };
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let release: (() => void) | undefined;

  /** A message that is being retried is in flight, although nothing runs. */
  const hold = (): void => {
    if (queue.size > 0 && !closed) release ??= activity.begin();
    else if (running === 0) {
      release?.();
      release = undefined;
    }
  };

  const full = (): boolean => gathering.messages.length >= mapping.batchSize || gathering.bytes >= batchBytes;

  const gather = (): void => {
    while (!full()) {
      const message = queue.receiveOne();
      if (message === undefined) return;
      gathering.messages.push(message);
      gathering.bytes += Buffer.byteLength(JSON.stringify(message.record));
    }
  };

  const work = async (messages: readonly MappedMessage[]): Promise<void> => {
    const { outcome } = await invoke(JSON.stringify({ Records: messages.map(({ record }) => record) }));
    if (closed || !outcome.ok) return;
    const failed = mapping.reportBatchItemFailures ? failedMessages(outcome.payload, messages) : new Set<string>();
    for (const { messageId, receiptHandle } of messages) if (!failed.has(messageId)) queue.delete(receiptHandle);
  };

  const dispatch = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const { messages } = gathering;
    gathering = { messages: [], bytes: 0 };
    running += 1;
    void work(messages)
      .catch((error: unknown) => {
        if (!closed) throw error;
      })
      .finally(() => {
        running -= 1;
        pump();
      });
  };

  const pump = (): void => {
    while (!closed && running < concurrency) {
      gather();
      if (gathering.messages.length === 0) break;
      if (!full() && windowMs > 0) {
        timer ??= setTimeout(dispatch, windowMs);
        break;
      }
      dispatch();
    }
    hold();
  };

  const unsubscribe = queue.subscribe(pump);
  pump();
  return {
    close: (): void => {
      closed = true;
      clearTimeout(timer);
      unsubscribe();
      release?.();
    },
  };
};
