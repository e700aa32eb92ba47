import { setTimeout as wait } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { toMappedQueue } from '#local/aws/sqs/mapped-queue.ts';
import { createQueue, type LocalQueue } from '#local/aws/sqs/queue.ts';
import { createActivity } from '#local/lambda/activity.ts';
import { startQueueMapping } from '#local/lambda/queue-mapping.ts';
import type { Contender, Course } from '../contender.ts';
import type { Update } from '../site/check.ts';
import { messageOf } from './requests.ts';
import { fullTime, openUpdater, type Surroundings } from './updater.ts';

/** As the function's function.yml has them. */
const mapping = { batchSize: 100, windowSeconds: 1, maximumConcurrency: 2, reportBatchItemFailures: true };
const arn = 'arn:aws:sqs:eu-west-1:111122223333:fairlead-bench-image-requests';

const openQueue = (): LocalQueue =>
  createQueue(
    {
      logicalId: 'ImageRequestQueue',
      name: 'fairlead-bench-image-requests',
      arn,
      url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/fairlead-bench-image-requests',
      urlPath: '/111122223333/fairlead-bench-image-requests',
      visibilityTimeoutSeconds: 360,
      delaySeconds: 0,
      receiveWaitSeconds: 0,
      maximumMessageBytes: 1024 * 1024,
      retentionSeconds: 1_209_600,
      redrive: undefined,
    },
    { milliseconds: (seconds) => seconds * 1000, deadLetter: () => undefined },
  );

type Handler = Awaited<ReturnType<typeof openUpdater>>;

/** Runs a batch in an environment that is free, as Lambda does. */
const invokeIn =
  (free: Handler[]) =>
  async (payload: string): Promise<string> => {
    const handler = free.pop();
    if (handler === undefined) throw new Error('more batches at once than the mapping allows');
    const event: SQSEvent = JSON.parse(payload);
    const answer = await handler(event, fullTime());
    free.push(handler);
    return JSON.stringify(answer);
  };

/** Sends a message for each update, all at once, and waits until the last is done. */
const drain = async (course: Course, surroundings: Surroundings, updates: readonly Update[]): Promise<void> => {
  const queue = openQueue();
  const services = updates.map(({ service }) => service);
  const open = () => openUpdater(course, surroundings, queue, services);
  const invoke = invokeIn([await open(), await open()]);
  const activity = createActivity();
  for (const update of updates) queue.send({ body: messageOf(update) });
  const mapped = startQueueMapping({
    mapping: { ...mapping, logicalId: 'Mapping', queueArn: arn, functionArn: 'image-tag-updater' },
    queue: toMappedQueue(queue),
    activity,
    concurrency: mapping.maximumConcurrency,
    windowMs: mapping.windowSeconds * 1000,
    invoke: async (payload) => ({
      function: 'image-tag-updater',
      requestId: '',
      event: undefined,
      outcome: { ok: true, payload: await invoke(payload) },
      durationMs: 0,
      coldStart: false,
    }),
  });
  const late = new AbortController();
  try {
    await Promise.race([
      activity.idle(),
      wait(180_000, undefined, { signal: late.signal }).then(() => Promise.reject(new Error('the queue is not empty'))),
    ]);
  } finally {
    late.abort();
    mapped.close();
    queue.close();
  }
};

/** The real function behind the queue, in two new execution environments. */
export const throughQueue = (surroundings: Surroundings): Contender => ({
  name: 'queue, two writers',
  run: (course, updates) => drain(course, surroundings, updates),
});
