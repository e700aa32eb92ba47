import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';

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
