import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { parseTarget, type Target } from './target.ts';

/** One message of the failure queue that can be sent again. */
export interface Failed {
  readonly message: string;
  readonly target: Target;
  /** What the target gets, as it got it before. */
  readonly payload: string;
  readonly error: { readonly code: string; readonly message: string };
  /** ISO 8601. */
  readonly since: string;
  readonly about: {
    /** EventBridge's `detail-type`. */
    readonly type: string;
    readonly id?: string | undefined;
    /** Where it is one of ours. */
    readonly event?: AnyEvent | undefined;
  };
}

/** One that a person has to look at. */
export interface Unreadable {
  readonly message: string;
  readonly unreadable: string;
}

const busEvent = z.looseObject({ 'detail-type': z.string().min(1), id: z.string().optional(), detail: z.unknown() });

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const destinationRecord = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  requestContext: z.object({
    functionArn: z.string(),
    condition: z.string(),
    approximateInvokeCount: z.number().optional(),
  }),
  requestPayload: z.record(z.string(), z.unknown()),
  responsePayload: z.object({ errorType: z.string(), errorMessage: z.string() }).partial().nullish(),
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const aboutOf = (event: z.infer<typeof busEvent>): Failed['about'] => {
  const { data } = anyEventSchema.safeParse(event.detail);
  return { type: event['detail-type'], id: data?.id ?? event.id, event: data };
};

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

type Read = Pick<Failed, 'payload' | 'error'> & {
  readonly arn: string;
  readonly since?: string;
  readonly event: unknown;
};

/** What a rule could not deliver, or a function set aside with the same attributes. */
const readUndelivered = (arn: string, body: string, attribute: (name: string) => string | undefined): Read => {
  const retries = Number(attribute('RETRY_ATTEMPTS') ?? 0);
  const tried = retries > 0 ? ` (tried ${times(retries + 1)})` : '';
  return {
    arn,
    payload: body,
    error: { code: attribute('ERROR_CODE') ?? 'unknown', message: `${attribute('ERROR_MESSAGE') ?? ''}${tried}` },
    event: parse(body),
  };
};

/** Lambda's record of an event that a function failed on. */
const readRecord = (body: string): Read | undefined => {
  const { data } = destinationRecord.safeParse(parse(body));
  if (data === undefined) return undefined;
  const { requestContext, requestPayload, responsePayload, timestamp } = data;
  const { functionArn, condition, approximateInvokeCount: count } = requestContext;
  const said = responsePayload?.errorMessage ?? 'it answered nothing';
  return {
    arn: functionArn,
    payload: JSON.stringify(requestPayload),
    error: {
      code: responsePayload?.errorType ?? condition,
      message: `${said}${count === undefined ? '' : ` (tried ${times(count)})`}`,
    },
    since: timestamp,
    event: requestPayload,
  };
};

const read = ({ Body = '', Attributes, MessageAttributes }: Message): Read | undefined => {
  const attribute = (name: string): string | undefined => MessageAttributes?.[name]?.StringValue;
  const died = Attributes?.DeadLetterQueueSourceArn;
  if (died !== undefined) {
    const message =
      'its queue handed it out as often as it may, and nobody finished it; the log of its function says why';
    return { arn: died, payload: Body, error: { code: 'DeadLettered', message }, event: parse(Body) };
  }
  const target = attribute('TARGET_ARN');
  return target === undefined ? readRecord(Body) : readUndelivered(target, Body, attribute);
};

/** Tells where a message failed and what it holds, in the formats of EventBridge, Lambda, and SQS. Nothing in it is trusted. */
export const readFailed = (message: Message, stage: string): Failed | Unreadable => {
  const id = message.MessageId ?? '';
  const unreadable = (why: string): Unreadable => ({ message: id, unreadable: why });
  const found = read(message);
  if (found === undefined) {
    return unreadable('neither an event with TARGET_ARN, nor a record of Lambda, nor from a queue of this stage');
  }
  const target = parseTarget(found.arn, stage);
  if (target === undefined) return unreadable(`${found.arn} is no function or queue of this stage`);
  const event = busEvent.safeParse(found.event);
  if (!event.success) return unreadable(`what ${target.short} failed on is no event of EventBridge`);
  const sent = Number(message.Attributes?.SentTimestamp ?? 0);
  return {
    message: id,
    target,
    payload: found.payload,
    error: found.error,
    since: found.since ?? new Date(sent).toISOString(),
    about: aboutOf(event.data),
  };
};
