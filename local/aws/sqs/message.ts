import { createHash } from 'node:crypto';

/** A message attribute as the JSON protocol has it; binary values are base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What does not change about a message, whatever queue it is in. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly sentAt: number;
  /** Where a dead letter came from. */
  readonly deadLetterSource?: string;
}

/** A message in a consumer's hands. */
export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
}

const md5 = (content: string | Buffer): string => createHash('md5').update(content).digest('hex');

const lengthPrefixed = (content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

export const md5OfBody = (body: string): string => md5(body);

/** SQS's digest of attributes: by name, each of name, type and value with its length, and 1 or 2 for text or bytes. */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  const entries = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return undefined;
  const parts = entries.flatMap(([name, { DataType, StringValue, BinaryValue }]) => [
    lengthPrefixed(Buffer.from(name)),
    lengthPrefixed(Buffer.from(DataType)),
    Buffer.of(BinaryValue === undefined ? 1 : 2),
    lengthPrefixed(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64')),
  ]);
  return md5(Buffer.concat(parts));
};

const systemAttributes = (message: ReceivedMessage) => ({
  ApproximateReceiveCount: String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  SenderId: message.senderId,
  SentTimestamp: String(message.sentAt),
  ...(message.deadLetterSource && { DeadLetterQueueSourceArn: message.deadLetterSource }),
});

const isAskedFor = (name: string, asked: readonly string[]): boolean =>
  asked.some((one) => one === 'All' || one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))));

const onlyAskedFor = <Value>(values: Readonly<Record<string, Value>>, asked: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => isAskedFor(name, asked)));

const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

/** As ReceiveMessage answers it, with only those attributes that were asked for. */
export const toReceived = (message: ReceivedMessage, systemNames: readonly string[], names: readonly string[]) => {
  const attributes = onlyAskedFor(message.attributes, names);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5OfBody(message.body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MessageAttributes: unlessEmpty(attributes),
    Attributes: unlessEmpty(onlyAskedFor(systemAttributes(message), systemNames)),
  };
};

/** As a function finds it in `Records`. */
export const toRecord = (message: ReceivedMessage, queueArn: string) => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  ),
  md5OfBody: md5OfBody(message.body),
  md5OfMessageAttributes: md5OfAttributes(message.attributes),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(':')[3],
});
