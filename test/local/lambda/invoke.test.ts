import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cloud } from '#local/cloud.ts';
import type { LogLine } from '#local/lambda/environments.ts';
import type { Invocation } from '#local/lambda/invoke.ts';
import { outcomeOf, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
const lines: LogLine[] = [];
const invocations: Invocation[] = [];

beforeAll(async () => {
  cloud = await startFixture({ concurrency: 2 });
  cloud.onLog((line) => lines.push(line));
  cloud.onInvocation((invocation) => invocations.push(invocation));
});
afterAll(() => cloud.close());

const act = (...list: [string, unknown?][]) => outcomeOf(cloud, 'actor', steps(...list));

test('a function sees its own variables and those of Lambda, and nothing else of this process', async () => {
  process.env.LEAKED = 'yes';
  const variables = await act(['environment']);
  expect(variables).toMatchObject({
    AWS_LAMBDA_FUNCTION_NAME: 'fixture-test-actor',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: cloud.endpoint,
    NODE_OPTIONS: '--enable-source-maps',
    BUS: 'fixture-test',
    _HANDLER: 'dist/actor/index.handler',
  });
  expect(variables).not.toHaveProperty('LEAKED');
});

test('the context says which invocation this is and how long it may take', async () => {
  const { outcome, requestId } = await cloud.invoke('fixture-test-actor', steps(['context']));
  expect(outcome.ok && JSON.parse(outcome.payload)).toMatchObject({
    awsRequestId: requestId,
    functionName: 'fixture-test-actor',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:fixture-test-actor',
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/fixture-test-actor',
    remaining: expect.toSatisfy((ms: number) => ms > 0 && ms <= 1000),
  });
});

test('an environment stays warm, and is told as cold only once', async () => {
  await act(['count']);
  const first = await act(['count']);
  const second = await act(['count']);
  expect(second).toBe(Number(first) + 1);
  expect(invocations.at(-1)).toMatchObject({ coldStart: false, function: 'fixture-test-actor' });
});

test('what is logged comes line by line, with the invocation it belongs to, before its end', async () => {
  const { requestId } = await cloud.invoke('fixture-test-actor', steps(['log', 'one\ntwo'], ['warn', 'three']));
  expect(lines.filter((line) => line.requestId === requestId)).toEqual([
    { function: 'fixture-test-actor', requestId, stream: 'stdout', line: 'one' },
    { function: 'fixture-test-actor', requestId, stream: 'stdout', line: 'two' },
    { function: 'fixture-test-actor', requestId, stream: 'stderr', line: 'three' },
  ]);
});

test('what a handler throws becomes an error payload with its trace', async () => {
  expect(await act(['fail', 'too far'])).toEqual({
    errorType: 'RangeError',
    errorMessage: 'too far',
    trace: expect.arrayContaining(['RangeError: too far']),
  });
});

test('a rejection that nobody handles ends the environment', async () => {
  expect(await act(['reject', 'unseen'])).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection' });
  expect(await act(['count'])).toBe(1);
});

test('a handler that exits is an exit error', async () => {
  expect(await act(['exit', 3])).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('exit status 3'),
  });
});

test.each(['sleep', 'spin'])('the time limit ends a handler that would %s on', async (how) => {
  const { outcome, requestId } = await cloud.invoke('fixture-test-actor', steps([how, 60_000]));
  expect(outcome).toEqual({
    ok: false,
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    },
  });
});

test('concurrent invocations run in environments of their own, up to the limit, and the others wait', async () => {
  const counts = await Promise.all([1, 2, 3, 4].map(() => act(['sleep', 100], ['environment'])));
  const keys = counts.map((variables) => JSON.stringify(variables).match(/ASIA\w+/)?.[0]);
  expect(new Set(keys).size).toBe(2);
});

test('each environment has a temporary folder of its own, which is gone when all is closed', async () => {
  const other = await startFixture();
  const made = String(await outcomeOf(other, 'actor', steps(['temporary'])));
  expect(existsSync(made)).toBe(true);
  await other.close();
  expect(existsSync(made)).toBe(false);
});

test('there is no function of an unknown name', async () => {
  await expect(cloud.invoke('nobody', {})).rejects.toThrow('Function not found: nobody');
});
