import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { md5OfAttributes } from '#local/aws/sqs/message.ts';
import type { Cloud } from '#local/cloud.ts';
import { clientOf, drain, startFixture } from '../fixture/start-fixture.ts';

let cloud: Cloud;
let sqs: SQSClient;
let QueueUrl: string;

beforeAll(async () => {
  cloud = await startFixture();
  sqs = new SQSClient(clientOf(cloud));
  ({ QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'fixture-plain' })));
});
afterAll(() => cloud.close());
afterEach(async () => {
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
});

const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

const receive = async (options: { VisibilityTimeout?: number; WaitTimeSeconds?: number } = {}) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...options }),
  );
  return Messages;
};

test('the URL of a queue is at the endpoint, as SDK clients send to its host', () => {
  expect(QueueUrl).toBe(`${cloud.endpoint}/111122223333/fixture-plain`);
});

test('a message comes back with its attributes, and the SDK finds its digests right', async () => {
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'é' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
  };
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'grüße', MessageAttributes }));
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'grüße',
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes: { text: { DataType: 'String', StringValue: 'é' }, bytes: { DataType: 'Binary' } },
    Attributes: { SentTimestamp: expect.any(String) },
  });
  expect(Object.keys(message?.Attributes ?? {})).toEqual(['SentTimestamp']);
});

test('the digest of attributes is the one that SQS gives', () => {
  const timestamp = { DataType: 'Number', StringValue: '1493147359900' };
  expect(md5OfAttributes({ timestamp })).toBe('235c5c510d26fb653d073faed50ae77c');
});

test('a received message is invisible until its time-out, and counts its receipts', async () => {
  await send('again');
  const [first] = await receive({ VisibilityTimeout: 250 });
  expect(await receive()).toEqual([]);
  const [second] = await receive({ WaitTimeSeconds: 5 });
  expect([first, second].map((message) => message?.Attributes?.ApproximateReceiveCount)).toEqual(['1', '2']);
  expect(second?.MessageId).toBe(first?.MessageId);
});

test('a message goes to the dead-letter queue when it was received too often', async () => {
  await send('"hopeless"');
  for (let receipt = 0; receipt < 2; receipt += 1) expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
  expect(await receive()).toEqual([]);
  expect(await drain(cloud, 'fixture-failures')).toMatchObject([{ body: 'hopeless' }]);
});

test('a deleted message does not come back, and an old receipt deletes nothing', async () => {
  await send('one');
  const [old] = await receive({ VisibilityTimeout: 0 });
  const [current] = await receive({ VisibilityTimeout: 600 });
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: old?.ReceiptHandle }));
  const count = () =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }));
  expect((await count()).Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '1' });
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: current?.ReceiptHandle }));
  expect((await count()).Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '0' });
});

test('a visibility time-out can be shortened while the message is in flight, and only then', async () => {
  await send('later');
  const [message] = await receive({ VisibilityTimeout: 43_200 });
  const change = () =>
    sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
  await change();
  await expect(change()).rejects.toMatchObject({ name: 'MessageNotInflight' });
  expect(await receive()).toHaveLength(1);
});

test('long polling ends when a message arrives', async () => {
  const waiting = receive({ WaitTimeSeconds: 20 });
  await send('at last');
  expect(await waiting).toMatchObject([{ Body: 'at last' }]);
});

test('what is wrong with one entry of a batch does not hold up the others', async () => {
  const Entries = [
    { Id: 'a', MessageBody: 'fits' },
    { Id: 'b', MessageBody: 'x'.repeat(1_048_577) },
  ];
  const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(Successful).toMatchObject([{ Id: 'a' }]);
  expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }]);
  const twice = [
    { Id: 'a', ReceiptHandle: '1' },
    { Id: 'a', ReceiptHandle: '2' },
  ];
  await expect(sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: twice }))).rejects.toMatchObject({
    name: 'BatchEntryIdsNotDistinct',
  });
});

test('there is no queue of an unknown name', async () => {
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'other' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
});
