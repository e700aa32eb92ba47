import * as z from 'zod';

const attribute = z.object({
  DataType: z.string().regex(/^(String|Number|Binary)(\..+)?$/),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const outgoing = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), attribute).default({}),
  MessageGroupId: z.string().optional(),
};

const ofQueue = { QueueUrl: z.string() };
const visibility = z.int().min(0).max(43_200);
const handle = z.string();

const batchOf = <Entry extends z.ZodRawShape>(entry: Entry) =>
  z.object({ ...ofQueue, Entries: z.array(z.object({ Id: z.string(), ...entry })) });

/** Requests of SQS's JSON protocol, by operation. */
export const inputs = {
  SendMessage: z.object({ ...ofQueue, ...outgoing }),
  SendMessageBatch: batchOf(outgoing),
  ReceiveMessage: z.object({
    ...ofQueue,
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: visibility.optional(),
    WaitTimeSeconds: z.int().min(0).max(20).optional(),
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
    MessageAttributeNames: z.array(z.string()).default([]),
  }),
  DeleteMessage: z.object({ ...ofQueue, ReceiptHandle: handle }),
  DeleteMessageBatch: batchOf({ ReceiptHandle: handle }),
  ChangeMessageVisibility: z.object({ ...ofQueue, ReceiptHandle: handle, VisibilityTimeout: visibility }),
  ChangeMessageVisibilityBatch: batchOf({ ReceiptHandle: handle, VisibilityTimeout: visibility }),
  GetQueueUrl: z.object({ QueueName: z.string() }),
  GetQueueAttributes: z.object({ ...ofQueue, AttributeNames: z.array(z.string()).default([]) }),
  DeleteQueue: z.object(ofQueue),
  PurgeQueue: z.object(ofQueue),
  ListQueues: z.object({ QueueNamePrefix: z.string().default('') }),
} as const;

export type Outgoing = z.output<(typeof inputs)['SendMessageBatch']>['Entries'][number];
