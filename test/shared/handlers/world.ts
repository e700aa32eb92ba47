import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, type MockInstance, vi } from 'vitest';
import * as z from 'zod';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { type Dynamodb, startDynamodb } from '../dynamodb.ts';
import { type FakeEventBridge, startFakeEventBridge } from '../fake-event-bridge.ts';

/** Lambda's context of an invocation that has so many milliseconds left. */
export const fakeContext = (remaining = 30_000): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'fake',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:fake',
  memoryLimitInMB: '512',
  awsRequestId: randomUUID(),
  logGroupName: 'fake',
  logStreamName: 'fake',
  getRemainingTimeInMillis: () => remaining,
  done: () => {
    throw new Error('fake: done is not for asynchronous handlers');
  },
  fail: () => {
    throw new Error('fake: fail is not for asynchronous handlers');
  },
  succeed: () => {
    throw new Error('fake: succeed is not for asynchronous handlers');
  },
});

const lineSchema = z.looseObject({ message: z.string().optional() });

/** The real runtime over DynamoDB on loopback and a fake of EventBridge; what it logs is kept from the screen. */
export const useWorld = () => {
  let dynamodb: Dynamodb;
  let bus: FakeEventBridge;
  let output: MockInstance<typeof process.stdout.write>;
  let errors: MockInstance<typeof process.stderr.write>;

  beforeAll(async () => {
    [dynamodb, bus] = await Promise.all([startDynamodb('IdempotencyTable'), startFakeEventBridge()]);
  });
  beforeEach(() => {
    bus.reset();
    output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    output.mockRestore();
    errors.mockRestore();
  });
  afterAll(async () => {
    await Promise.all([dynamodb.close(), bus.close()]);
  });

  const logged = (): string => [...output.mock.calls, ...errors.mock.calls].map(([text]) => String(text)).join('');

  return {
    get bus() {
      return bus;
    },
    /** A runtime as index.ts makes it. Each has a name of its own, so that no test knows what another has done. */
    runtime: (name = `fake-${randomUUID()}`) =>
      createRuntime(
        name,
        { STAGE: 'test', EVENT_BUS: 'fake-bus', IDEMPOTENCY_TABLE: 'IdempotencyTable' },
        { eventBridge: bus.client, dynamodb: dynamodb.client },
      ),
    /** Everything that was written to the two streams. */
    logged,
    /** The log lines and metrics, each as the object that it is. */
    lines: () =>
      logged()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => lineSchema.parse(JSON.parse(line))),
  };
};
