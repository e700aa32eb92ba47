import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Consumed } from './consumed.ts';
import { observed, signalOf } from './observed.ts';
import { carryOut, type Handled, type Summary } from './outcome.ts';
import type { Publishing } from './publishing.ts';
import { report } from './report.ts';
import type { Runtime } from './runtime.ts';

/**
 * `once` may be left out where an effect repeats harmlessly and may take longer than Lambda waits before it retries: what
 * crashed would else find itself in progress until nobody tries any more.
 */
type EventRuntime = Publishing & Partial<Pick<Runtime, 'once'>>;

/**
 * The entry of a function that consumes events: parses, handles, publishes, and only then records that it is done. The same
 * event again answers what the first did. What it throws is retried by Lambda, and in the end lies in the failure queue.
 */
export const onEvent = <Event>(
  runtime: EventRuntime,
  consumed: Consumed<Event>,
  handle: (event: Event, signal: AbortSignal) => Handled,
) =>
  middy<unknown, Summary, Error, Context>()
    .use(observed(runtime))
    .handler(async (input, context) => {
      const event = consumed.parse(input);
      const id = consumed.id(event);
      runtime.logger.appendKeys({ event: id });
      const signal = signalOf(context);
      const effect = () => carryOut(handle(event, signal), runtime.publish, signal);
      const summary = await (runtime.once ? runtime.once(id, context, effect) : effect());
      report(runtime, summary);
      return summary;
    });
