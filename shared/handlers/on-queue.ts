import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Consumed } from './consumed.ts';
import { countFailure } from './count-failure.ts';
import { Blocked, InvalidInput } from './errors.ts';
import { createGathering, type Settled } from './gathering.ts';
import { observed, signalOf } from './observed.ts';
import { carryOut, type Outcome, type Summary } from './outcome.ts';
import { report } from './report.ts';
import type { Runtime } from './runtime.ts';

/** Failed messages come back after 2 to 30 s, not after the queue's whole visibility time-out. */
const returnsAfter = (): number => 2 + Math.floor(Math.random() * 29);

/** Kept free of work at an invocation's end, in milliseconds: else a whole batch would wait for its visibility time-out. */
const reserve = 2000;
/** The end of it, in which what was done is not published any more. */
const publishingReserve = 1000;
/** What telling and setting aside may take of that, and what returning may. */
const asideMilliseconds = 600;
const hurryMilliseconds = 300;

export interface Queue<Event> {
  readonly consumed: Consumed<Event>;
  /** How often the queue hands a message out, by its redrive policy. */
  readonly receives: number;
  /** Makes a message visible again after so many seconds. */
  returnAfter(
    message: Pick<SQSRecord, 'eventSourceARN' | 'receiptHandle'>,
    seconds: number,
    signal: AbortSignal,
  ): Promise<void>;
  /** Puts a message where a person finds it with the reason, and can send it on its way again. */
  setAside(message: Pick<SQSRecord, 'eventSourceARN' | 'body'>, reason: Error, signal: AbortSignal): Promise<void>;
  /** Says of an event that is set aside that nothing has come of it, and why. */
  failed(event: Event, reason: Error): Outcome;
}

/** For each event of a batch, in its order, what became of it: at once, or as soon as that is known. */
export type BatchHandler<Event> = (
  events: readonly Event[],
  signal: AbortSignal,
) => Promise<readonly (Settled | Promise<Settled>)[]>;

/** The parser's own words would quote the message in the log. */
const parseBody = ({ body, messageId }: SQSRecord): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidInput(`The body of message ${messageId} is not JSON.`);
  }
};

/** Whether handing it out again would change nothing, or the queue would not do so. */
const isLast = ({ attributes }: SQSRecord, error: Error, receives: number): boolean =>
  error instanceof InvalidInput || error instanceof Blocked || Number(attributes.ApproximateReceiveCount) >= receives;

/**
 * The entry of a function that consumes events by an SQS queue, many at once. Each message is handled once, published, and
 * recorded by itself; one that fails goes back to the queue alone, soon and with jitter. One that would fail again, or has
 * failed too often, is told of and set aside with the reason, which SQS's own redrive would not know. It is not recorded as
 * done: whoever has mended the reason sends it again.
 */
export const onQueue = <Event>(
  runtime: Runtime,
  { consumed, receives, returnAfter, setAside, failed }: Queue<Event>,
  handle: BatchHandler<Event>,
) =>
  middy<SQSEvent, SQSBatchResponse, Error, Context>()
    .use(observed(runtime))
    .handler(async ({ Records }, context) => {
      const signal = signalOf(context, reserve);
      // What is in Git when the time is up should be told, too.
      const publishing = signalOf(context, publishingReserve);
      const gathering = createGathering<Event>(Records.length, (events) => handle(events, signal));
      const handled = new Map<SQSRecord, Event>();

      const handleRecord = async (record: SQSRecord): Promise<Summary> => {
        try {
          const event = consumed.parse(parseBody(record));
          return await runtime.once(consumed.id(event), context, () => {
            handled.set(record, event);
            return carryOut(gathering.handled(event), runtime.publish, publishing);
          });
        } finally {
          if (!handled.has(record)) gathering.notNeeded();
        }
      };

      const giveUp = async (record: SQSRecord, reason: Error): Promise<boolean> => {
        const { messageId } = record;
        const within = AbortSignal.timeout(asideMilliseconds);
        try {
          const event = handled.get(record);
          // What never reached the handler may be done, or under way elsewhere.
          if (event !== undefined) await runtime.publish(failed(event, reason).events, within);
          await setAside(record, reason, within);
          runtime.logger.error('SET_ASIDE', { messageId, error: reason });
          runtime.metrics.addMetric('SetAside', 'Count', 1);
          return true;
        } catch (cause) {
          runtime.logger.error('NOT_SET_ASIDE', { messageId, error: reason, cause });
          return false;
        }
      };

      const giveBack = async (record: SQSRecord, error: Error): Promise<void> => {
        runtime.logger.error('RETURNED', { messageId: record.messageId, error });
        // The message comes back anyway, only later: failing to hurry it is no failure of its own. `signal` may be over.
        await returnAfter(record, returnsAfter(), AbortSignal.timeout(hurryMilliseconds)).catch((cause) =>
          runtime.logger.warn('RETURN_NOT_HURRIED', { messageId: record.messageId, cause }),
        );
      };

      const results = await Promise.allSettled(Records.map(handleRecord));
      const returned = await Promise.all(
        Records.map(async (record, index) => {
          const result = results[index];
          if (result?.status === 'fulfilled') {
            report(runtime, result.value);
            return [];
          }
          const error = result?.reason instanceof Error ? result.reason : new Error(String(result?.reason));
          countFailure(runtime, error);
          if (isLast(record, error, receives) && (await giveUp(record, error))) return [];
          await giveBack(record, error);
          return [record];
        }),
      ).then((all) => all.flat());
      if (returned.length > 0) runtime.metrics.addMetric('Returned', 'Count', returned.length);
      return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
