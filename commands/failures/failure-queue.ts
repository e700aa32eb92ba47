import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { failureQueueOf } from './target.ts';

/** How long messages stay with whoever looks at them: a person has to read and answer. Seconds. */
export const leaseSeconds = 900;

/** As many as SQS gives and takes at once. */
const batch = 10;

const inBatches = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / batch) }, (_, index) =>
    items.slice(index * batch, (index + 1) * batch),
  );

/** The failure queue of a stage. A message that was taken is nobody else's until it is released, or the lease ends. */
export const createFailureQueue = (client: SQSClient, stage: string) => {
  let url: Promise<string | undefined> | undefined;
  const queueUrl = (): Promise<string | undefined> => {
    url ??= client.send(new GetQueueUrlCommand({ QueueName: failureQueueOf(stage) })).then(({ QueueUrl }) => QueueUrl);
    return url;
  };

  return {
    /** Takes up to `most` messages, the same one once; waits so many seconds before it believes that there are no more. */
    take: async (most: number, waitSeconds = 1): Promise<Message[]> => {
      const taken = new Map<string, Message>();
      for (;;) {
        const MaxNumberOfMessages = Math.min(batch, most - taken.size);
        if (MaxNumberOfMessages <= 0) return [...taken.values()];
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: await queueUrl(),
            MaxNumberOfMessages,
            VisibilityTimeout: leaseSeconds,
            WaitTimeSeconds: waitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return [...taken.values()];
        for (const message of Messages) taken.set(message.MessageId ?? '', message);
      }
    },
    /** Lets others have them at once. What can't be released comes back when the lease ends. */
    release: async (messages: readonly Message[]): Promise<void> => {
      const QueueUrl = await queueUrl();
      for (const some of inBatches(messages)) {
        const Entries = some.map(({ ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },
    remove: async ({ ReceiptHandle }: Message): Promise<void> => {
      await client.send(new DeleteMessageCommand({ QueueUrl: await queueUrl(), ReceiptHandle }));
    },
    /** About how many somebody has taken. */
    inHands: async (): Promise<number> => {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: await queueUrl(),
          AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
    },
  };
};

export type FailureQueue = ReturnType<typeof createFailureQueue>;
