import { AwsError } from '../aws-error.ts';
import { type Operations, parseInput } from '../endpoint/json-service.ts';
import { eachOf } from './batches.ts';
import { inputs, type Outgoing } from './inputs.ts';
import { md5OfAttributes, md5OfBody, toReceived } from './message.ts';
import type { LocalQueue } from './queue.ts';
import type { Queues } from './queues.ts';
import { receiveWithin } from './receive.ts';

const send = (queue: LocalQueue, { MessageBody, MessageAttributes, DelaySeconds }: Omit<Outgoing, 'Id'>) => {
  if (Buffer.byteLength(MessageBody) > queue.definition.maximumMessageBytes) {
    throw new AwsError('InvalidParameterValue', 'One or more parameters are invalid. Reason: Message is too long.');
  }
  const { messageId } = queue.send({ body: MessageBody, attributes: MessageAttributes, delaySeconds: DelaySeconds });
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody(MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
  };
};

const remove = (queue: LocalQueue, receiptHandle: string): object => {
  queue.delete(receiptHandle);
  return {};
};

const changeVisibility = (queue: LocalQueue, receiptHandle: string, seconds: number): object => {
  if (!queue.changeVisibility(receiptHandle, seconds)) {
    throw new AwsError(
      'MessageNotInflight',
      'The message is not in flight, or the receipt handle is of an older receipt.',
    );
  }
  return {};
};

const attributesOf = ({ definition, counts }: LocalQueue): Record<string, string> => {
  const { visible, invisible, delayed } = counts();
  return {
    QueueArn: definition.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(invisible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(definition.visibilityTimeoutSeconds),
    DelaySeconds: String(definition.delaySeconds),
    MaximumMessageSize: String(definition.maximumMessageBytes),
    MessageRetentionPeriod: String(definition.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(definition.receiveWaitSeconds),
    ...(definition.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: definition.redrive.deadLetterArn,
        maxReceiveCount: definition.redrive.maxReceiveCount,
      }),
    }),
  };
};

/** SQS, as the SDK's JSON protocol reaches it. */
export const createSqs = (queues: Queues, onDelete: (queueArn: string) => void): Operations => {
  const at = (urlOrName: string): LocalQueue => {
    const queue = queues.find(urlOrName);
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };
  const deleteQueue = (queue: LocalQueue): object => {
    queues.remove(queue);
    onDelete(queue.definition.arn);
    return {};
  };
  return {
    SendMessage: parseInput(inputs.SendMessage, ({ QueueUrl, ...message }) => send(at(QueueUrl), message)),
    SendMessageBatch: parseInput(inputs.SendMessageBatch, ({ QueueUrl, Entries }) =>
      eachOf(Entries, (entry) => send(at(QueueUrl), entry)),
    ),
    ReceiveMessage: parseInput(inputs.ReceiveMessage, async (input) => {
      const messages = await receiveWithin(at(input.QueueUrl), input);
      const systemNames = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      return { Messages: messages.map((message) => toReceived(message, systemNames, input.MessageAttributeNames)) };
    }),
    DeleteMessage: parseInput(inputs.DeleteMessage, ({ QueueUrl, ReceiptHandle }) =>
      remove(at(QueueUrl), ReceiptHandle),
    ),
    DeleteMessageBatch: parseInput(inputs.DeleteMessageBatch, ({ QueueUrl, Entries }) =>
      eachOf(Entries, ({ ReceiptHandle }) => remove(at(QueueUrl), ReceiptHandle)),
    ),
    ChangeMessageVisibility: parseInput(
      inputs.ChangeMessageVisibility,
      ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) =>
        changeVisibility(at(QueueUrl), ReceiptHandle, VisibilityTimeout),
    ),
    ChangeMessageVisibilityBatch: parseInput(inputs.ChangeMessageVisibilityBatch, ({ QueueUrl, Entries }) =>
      eachOf(Entries, (entry) => changeVisibility(at(QueueUrl), entry.ReceiptHandle, entry.VisibilityTimeout)),
    ),
    GetQueueUrl: parseInput(inputs.GetQueueUrl, ({ QueueName }) => ({ QueueUrl: at(QueueName).definition.url })),
    GetQueueAttributes: parseInput(inputs.GetQueueAttributes, ({ QueueUrl, AttributeNames }) => {
      const asked = (name: string): boolean => AttributeNames.includes('All') || AttributeNames.includes(name);
      return {
        Attributes: Object.fromEntries(Object.entries(attributesOf(at(QueueUrl))).filter(([name]) => asked(name))),
      };
    }),
    DeleteQueue: parseInput(inputs.DeleteQueue, ({ QueueUrl }) => deleteQueue(at(QueueUrl))),
    PurgeQueue: parseInput(inputs.PurgeQueue, ({ QueueUrl }) => at(QueueUrl).purge()),
    ListQueues: parseInput(inputs.ListQueues, ({ QueueNamePrefix }) => ({
      QueueUrls: queues.all
        .filter(({ definition }) => definition.name.startsWith(QueueNamePrefix))
        .map(({ definition }) => definition.url),
    })),
  };
};
