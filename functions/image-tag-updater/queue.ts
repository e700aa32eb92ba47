import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The `maxReceiveCount` in function.yml. */
export const receives = 10;

/** SQS takes far more; more than this nobody reads. In characters. */
const longestReason = 1000;

/** `arn:aws:sqs:<region>:<account>:<name>` → `https://sqs.<region>.<suffix>/<account>/<name>`, as SQS calls its queues. */
export const queueUrlOf = (arn: string): string => {
  const [, partition, , region, account, name] = arn.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${suffix}/${account}/${name}`;
};

/** Makes a message visible again after so many seconds. */
export const createReturnAfter =
  (client: SQSClient) =>
  async (
    message: { eventSourceARN: string; receiptHandle: string },
    seconds: number,
    signal: AbortSignal,
  ): Promise<void> => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrlOf(message.eventSourceARN),
        ReceiptHandle: message.receiptHandle,
        VisibilityTimeout: seconds,
      }),
      { abortSignal: signal },
    );
  };

const text = (value: string) => ({ DataType: 'String', StringValue: value });

/**
 * Sends a message to the stage's failure queue, with the attributes that EventBridge gives what it could not deliver: so
 * whoever redrives that queue needs no second way.
 */
export const createSetAside =
  (client: SQSClient, failureQueue: string) =>
  async ({ eventSourceARN, body }: { eventSourceARN: string; body: string }, reason: Error, signal: AbortSignal) => {
    const said = reason.message.replaceAll(/\p{Cc}+/gu, ' ').slice(0, longestReason);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrlOf(eventSourceARN.replace(/[^:]*$/, failureQueue)),
        MessageBody: body,
        MessageAttributes: {
          TARGET_ARN: text(eventSourceARN),
          ERROR_CODE: text(reason.name),
          ERROR_MESSAGE: text(said || reason.name),
        },
      }),
      { abortSignal: signal },
    );
  };
