import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';

const counted = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/** About how many messages are in it; undefined where there is no such queue. */
export const lookAtQueue = async (client: SQSClient, name: string, signal: AbortSignal) => {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal: signal });
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counted] });
    const { Attributes = {} } = await client.send(command, { abortSignal: signal });
    return counted.reduce((sum, attribute) => sum + Number(Attributes[attribute] ?? 0), 0);
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
};
