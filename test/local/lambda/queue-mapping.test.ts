import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { Cloud } from '#local/cloud.ts';
import { failedMessages } from '#local/lambda/batch-response.ts';
import type { Invocation } from '#local/lambda/invoke.ts';
import { clientOf, drain, startFixture } from '../fixture/start-fixture.ts';

let cloud: Cloud;
let sqs: SQSClient;
const invocations: Invocation[] = [];

beforeAll(async () => {
  // Only the window is short: what fails comes back because somebody makes it visible again.
  cloud = await startFixture({ delays: { queueSeconds: (seconds) => (seconds === 1 ? 5 : seconds * 1000) } });
  sqs = new SQSClient(clientOf(cloud));
  cloud.onInvocation((invocation) => {
    invocations.push(invocation);
    for (const { receiptHandle } of records.parse(invocation.event).Records) void makeVisible(receiptHandle);
  });
});
afterAll(() => cloud.close());
afterEach(() => {
  invocations.length = 0;
});

/** The message may be gone. */
const makeVisible = async (ReceiptHandle: string): Promise<void> => {
  const change = new ChangeMessageVisibilityCommand({ QueueUrl: workUrl(), ReceiptHandle, VisibilityTimeout: 0 });
  await sqs.send(change).catch(() => undefined);
};

const workUrl = (): string => cloud.model.queues.find(({ logicalId }) => logicalId === 'Work')!.url;

const work = async (...bodies: object[]): Promise<void> => {
  const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: workUrl(), Entries }));
  await cloud.idle();
};

const records = z.object({ Records: z.array(z.object({ body: z.string(), receiptHandle: z.string() })) });
const batches = (): unknown[][] =>
  invocations.map(({ event }) => records.parse(event).Records.map(({ body }) => JSON.parse(body)));

const deadLetters = () => drain(cloud, 'fixture-failures');

test('messages that come within the window are one batch, as SQS events have it', async () => {
  await work({ n: 1 }, { n: 2 }, { n: 3 });
  expect(batches()).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]]);
  expect(invocations[0]?.event).toMatchObject({
    Records: [
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
        messageAttributes: {},
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: cloud.model.queueMappings[0]?.queueArn,
        awsRegion: 'eu-west-1',
      },
      {},
      {},
    ],
  });
});

test('only the messages that failed come back, and the queue they die in gets them after the third receipt', async () => {
  await work({ n: 1 }, { n: 2, fails: true });
  expect(batches()).toEqual([[{ n: 1 }, { n: 2, fails: true }], [{ n: 2, fails: true }], [{ n: 2, fails: true }]]);
  expect(await deadLetters()).toMatchObject([
    { body: { n: 2 }, system: { DeadLetterQueueSourceArn: cloud.model.queueMappings[0]?.queueArn } },
  ]);
});

test('an event of a rule whose target is the queue arrives as the body', async () => {
  const Detail = JSON.stringify({ to: ['work'] });
  cloud.putEvents([{ EventBusName: 'fixture-test', Source: 'fixture', DetailType: 'step', Detail }]);
  await cloud.idle();
  expect(batches()).toMatchObject([[{ source: 'fixture', 'detail-type': 'step' }]]);
});

test.each([
  ['the function throws', { throws: true }],
  ['the answer names a message that is not of the batch', { answer: { batchItemFailures: [{ itemIdentifier: 'x' }] } }],
])('the whole batch fails when %s', async (_, first) => {
  await work(first, { n: 2 });
  expect(batches()).toHaveLength(3);
  expect(await deadLetters()).toHaveLength(2);
});

const batch = [{ messageId: 'a' }, { messageId: 'b' }];

test.each([
  ['null', []],
  ['{}', []],
  ['{"batchItemFailures":null}', []],
  ['{"batchItemFailures":[]}', []],
  ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
  ['{"batchItemFailures":[{"itemIdentifier":""}]}', ['a', 'b']],
  ['{"batchItemFailures":[{"itemIdentifier":null}]}', ['a', 'b']],
  ['{"batchItemFailures":[{"id":"b"}]}', ['a', 'b']],
  ['{"batchItemFailures":[{"itemIdentifier":"c"}]}', ['a', 'b']],
  ['"done"', ['a', 'b']],
  ['not json', ['a', 'b']],
])('of a batch that is answered with %s, %j failed', (payload, failed) => {
  expect([...failedMessages(payload, batch)]).toEqual(failed);
});
