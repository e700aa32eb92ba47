import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Cloud } from '#local/cloud.ts';
import type { Failure } from '#local/lambda/asynchronous.ts';
import type { Invocation } from '#local/lambda/invoke.ts';
import { clientOf, drain, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
const invocations: Invocation[] = [];
const failures: Failure[] = [];

beforeAll(async () => {
  cloud = await startFixture();
  cloud.onInvocation((invocation) => invocations.push(invocation));
  cloud.onFailure((failure) => failures.push(failure));
});
afterAll(() => cloud.close());
afterEach(() => {
  invocations.length = 0;
  failures.length = 0;
});

const deadLetters = (queueName = 'fixture-failures') => drain(cloud, queueName);

const put = async (source: string, detail: object): Promise<void> => {
  const entry = { EventBusName: 'fixture-test', Source: source, DetailType: 'step', Detail: JSON.stringify(detail) };
  expect(cloud.putEvents([entry]).FailedEntryCount).toBe(0);
  await cloud.idle();
};

test('an event of the bus reaches the function of its rule', async () => {
  await put('fixture', { to: ['actor'], steps: [['count']] });
  expect(invocations).toHaveLength(1);
  expect(invocations[0]).toMatchObject({
    function: 'fixture-test-actor',
    event: { version: '0', 'detail-type': 'step', source: 'fixture', account: '111122223333' },
    outcome: { ok: true },
  });
});

test('waiting for idleness waits for all that follows from an event', async () => {
  const last = { to: ['actor'], steps: [['count']] };
  const second = {
    to: ['actor'],
    steps: [
      ['sleep', 50],
      ['put', last],
    ],
  };
  await put('fixture', { to: ['actor'], steps: [['put', second]] });
  expect(invocations).toHaveLength(3);
});

test('an event that a function fails on is retried as configured, then recorded in the failure destination', async () => {
  await put('fixture', { to: ['actor'], steps: [['fail', 'again and again']] });
  expect(invocations).toHaveLength(2);
  expect(new Set(invocations.map(({ requestId }) => requestId)).size).toBe(1);
  const [{ body } = { body: undefined }, ...others] = await deadLetters();
  expect(others).toEqual([]);
  expect(body).toMatchObject({
    version: '1.0',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    requestContext: {
      requestId: invocations[0]?.requestId,
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:fixture-test-actor:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 2,
    },
    requestPayload: { source: 'fixture', detail: { steps: [['fail', 'again and again']] } },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'RangeError', errorMessage: 'again and again' },
  });
  expect(failures).toMatchObject([{ function: 'fixture-test-actor', recorded: true }]);
});

test('without the permission to write to its failure destination a failed event is lost, and that is told', async () => {
  const lambda = new LambdaClient(clientOf(cloud));
  const Payload = JSON.stringify(steps(['fail', 'unseen']));
  const { StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: 'fixture-test-mute', InvocationType: 'Event', Payload }),
  );
  expect(StatusCode).toBe(202);
  await cloud.idle();
  expect(invocations).toHaveLength(3);
  expect(failures).toMatchObject([
    { function: 'fixture-test-mute', recorded: false, reason: expect.stringContaining('the role may not send') },
  ]);
  expect(await deadLetters()).toEqual([]);
});

test('a rule reaches only what lets it, and its dead letters too', async () => {
  const lost: string[] = [];
  cloud.onLost(({ target }) => lost.push(target.id));
  await put('forbidden', {});
  expect(invocations).toEqual([]);
  expect(await deadLetters()).toMatchObject([
    {
      body: { source: 'forbidden' },
      attributes: {
        ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
        TARGET_ARN: { StringValue: 'arn:aws:lambda:eu-west-1:111122223333:function:fixture-test-mute' },
      },
    },
  ]);
  expect(lost).toEqual(['queue']);
  expect(await deadLetters('fixture-plain')).toEqual([]);
});
