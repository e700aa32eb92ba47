import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Consumed } from './consumed.ts';
import { InvalidInput } from './errors.ts';
import { observed, signalOf } from './observed.ts';
import { carryOut, type Outcome, type Summary } from './outcome.ts';
import { report } from './report.ts';
import type { Runtime } from './runtime.ts';

/** Failed messages come back after 2 to 30 s, not after the queue's whole visibility time-out. */
const returnsAfter = (): number => 2 + Math.floor(Math.random() * 29);

/** Returning messages has what `signalOf` leaves over. */
const hurryMilliseconds = 400;

export interface Queue<Event> {
  readonly consumed: Consumed<Event>;
  /** Makes a message visible again after so many seconds. */
  returnAfter(
    message: Pick<SQSRecord, 'eventSourceARN' | 'receiptHandle'>,
    seconds: number,
    signal: AbortSignal,
  ): Promise<void>;
}

/** For each event of a batch, in its order: what was decided, or the error that sends its message back to the queue. */
export type BatchHandler<Event> = (
  events: readonly Event[],
  signal: AbortSignal,
) => Promise<readonly (Outcome | Error)[]>;

/**
 * Gathers what is left of a batch once every message has either asked to be handled or turned out to be done, handles it
 * together, and gives each its own result.
 */
const createGathering = <Event>(
  size: number,
  handle: (events: readonly Event[]) => Promise<readonly (Outcome | Error)[]>,
) => {
  const waiting: { event: Event; settle: (result: Promise<Outcome>) => void }[] = [];
  let left = size;

  const arrived = (): void => {
    left -= 1;
    if (left > 0 || waiting.length === 0) return;
    const results = handle(waiting.map(({ event }) => event));
    for (const [index, { settle }] of waiting.entries()) {
      settle(
        results.then((all) => {
          const result = all[index] ?? new Error('A batch handler gave fewer results than it got events.');
          if (result instanceof Error) throw result;
          return result;
        }),
      );
    }
  };

  return {
    handled: (event: Event): Promise<Outcome> => {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      waiting.push({ event, settle: resolve });
      arrived();
      return promise;
    },
    notNeeded: arrived,
  };
};

/** The parser's own words would quote the message in the log. */
const parseBody = ({ body, messageId }: SQSRecord): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidInput(`The body of message ${messageId} is not JSON.`);
  }
};

/**
 * The entry of a function that consumes events by an SQS queue, many at once. Each message is handled once, published, and
 * recorded by itself; one that fails goes back to the queue alone, soon and with jitter.
 */
export const onQueue = <Event>(
  runtime: Runtime,
  { consumed, returnAfter }: Queue<Event>,
  handle: BatchHandler<Event>,
) =>
  middy<SQSEvent, SQSBatchResponse, Error, Context>()
    .use(observed(runtime))
    .handler(async ({ Records }, context) => {
      const signal = signalOf(context);
      const gathering = createGathering<Event>(Records.length, (events) => handle(events, signal));

      const handleRecord = async (record: SQSRecord): Promise<Summary> => {
        let asked = false;
        try {
          const event = consumed.parse(parseBody(record));
          return await runtime.once(consumed.id(event), context, () => {
            asked = true;
            return carryOut(gathering.handled(event), runtime.publish, signal);
          });
        } finally {
          if (!asked) gathering.notNeeded();
        }
      };

      const giveBack = async (record: SQSRecord, error: unknown): Promise<void> => {
        runtime.logger.error('RETURNED', { messageId: record.messageId, error });
        // The message comes back anyway, only later: failing to hurry it is no failure of its own. `signal` may be over.
        await returnAfter(record, returnsAfter(), AbortSignal.timeout(hurryMilliseconds)).catch((cause) =>
          runtime.logger.warn('RETURN_NOT_HURRIED', { messageId: record.messageId, cause }),
        );
      };

      const results = await Promise.allSettled(Records.map(handleRecord));
      const failed = await Promise.all(
        Records.map(async (record, index) => {
          const result = results[index];
          if (result?.status === 'fulfilled') {
            report(runtime, result.value);
            return [];
          }
          await giveBack(record, result?.reason);
          return [record];
        }),
      ).then((all) => all.flat());
      if (failed.length > 0) runtime.metrics.addMetric('Returned', 'Count', failed.length);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
