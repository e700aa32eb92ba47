import { describe, expect, test } from 'vitest';
import { createEventBuses } from '#local/eventbridge/bus.ts';
import { exponentialRetryDelay, type Loss, Undeliverable } from '#local/eventbridge/delivery.ts';
import type { TargetModel } from '#local/eventbridge/rule.ts';
import { entry, fakeWorld, here, noon, rule, target } from './fixture.ts';

type Letter = { queue: string; body: string; attributes: Readonly<Record<string, string>> };

/** Puts one event for a target that fails as told (undefined is success), and tells what came of it. */
const deliverOnce = async (
  failures: (attempt: number) => unknown,
  options: { changes?: Partial<TargetModel>; secondsPerAttempt?: number; deadLetterFails?: boolean } = {},
) => {
  const { changes = {}, secondsPerAttempt = 0, deadLetterFails = false } = options;
  const letters: Letter[] = [];
  const losses: Loss[] = [];
  const delays: number[] = [];
  let attempts = 0;
  const buses = createEventBuses(
    { ...here, rules: [rule({ targets: [target(changes)] })] },
    fakeWorld({
      deliver: async () => {
        attempts += 1;
        const failure = failures(attempts);
        if (failure !== undefined) throw failure;
      },
      deadLetter: async (queue, body, attributes) => {
        if (deadLetterFails) throw new Error('no such queue');
        letters.push({ queue, body, attributes });
      },
      lost: (loss) => losses.push(loss),
      retryDelay: (attempt) => {
        delays.push(attempt);
        return 0;
      },
      now: () => new Date(noon.getTime() + attempts * secondsPerAttempt * 1000),
    }),
  );
  buses.putEvents([entry()]);
  await buses.idle();
  return { attempts, letters, losses, delays };
};

const throttled = () => new Error('throttled');

test('a delivery that fails is tried again until it succeeds', async () => {
  const outcome = await deliverOnce((attempt) => (attempt < 3 ? throttled() : undefined));
  expect(outcome).toEqual({ attempts: 3, letters: [], losses: [], delays: [1, 2] });
});

describe('an event becomes a dead letter', () => {
  test('when its retries are exhausted, with the attributes of EventBridge', async () => {
    const { attempts, letters } = await deliverOnce(throttled);
    expect(attempts).toBe(4);
    expect(letters).toEqual([
      {
        queue: target().deadLetterArn,
        body: expect.any(String),
        attributes: {
          RULE_ARN: rule().arn,
          TARGET_ARN: target().arn,
          ERROR_CODE: 'ERROR_FROM_TARGET',
          ERROR_MESSAGE: 'throttled',
          RETRY_ATTEMPTS: '3',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
        },
      },
    ]);
    expect(JSON.parse(letters[0]?.body ?? '')).toMatchObject({ version: '0', detail: { service: 'checkout' } });
  });

  test('at once when its target allows no retry', async () => {
    const { attempts, letters } = await deliverOnce(throttled, { changes: { maximumRetryAttempts: 0 } });
    expect(attempts).toBe(1);
    expect(letters[0]?.attributes).toMatchObject({
      RETRY_ATTEMPTS: '0',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    });
  });

  test('when it is too old for another retry', async () => {
    const changes = { maximumRetryAttempts: 185, maximumEventAgeSeconds: 60 };
    const { attempts, letters } = await deliverOnce(throttled, { changes, secondsPerAttempt: 25 });
    expect(attempts).toBe(3);
    expect(letters[0]?.attributes).toMatchObject({
      RETRY_ATTEMPTS: '2',
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
    });
  });

  test('without a retry when none could help', async () => {
    const missing = new Undeliverable('NO_RESOURCE', 'There is no function updater.');
    const { attempts, letters } = await deliverOnce(() => missing);
    expect(attempts).toBe(1);
    expect(letters[0]?.attributes).toEqual({
      RULE_ARN: rule().arn,
      TARGET_ARN: target().arn,
      ERROR_CODE: 'NO_RESOURCE',
      ERROR_MESSAGE: 'There is no function updater.',
      RETRY_ATTEMPTS: '0',
    });
  });

  test('whatever the target throws', async () => {
    const { letters } = await deliverOnce(() => 'plain text', { changes: { maximumRetryAttempts: 0 } });
    expect(letters[0]?.attributes.ERROR_MESSAGE).toBe('plain text');
  });
});

describe('an event is lost, and that is told', () => {
  test('when its target has no dead-letter queue', async () => {
    const { deadLetterArn: _, ...withoutQueue } = target();
    const error = throttled();
    const losses: Loss[] = [];
    const buses = createEventBuses(
      { ...here, rules: [rule({ targets: [{ ...withoutQueue, maximumRetryAttempts: 0 }] })] },
      fakeWorld({ deliver: () => Promise.reject(error), lost: (loss) => losses.push(loss) }),
    );
    buses.putEvents([entry()]);
    await buses.idle();
    expect(losses).toMatchObject([{ rule: { name: 'images' }, target: { id: 'updater' }, error }]);
  });

  test('when the dead-letter queue refuses it', async () => {
    const { losses } = await deliverOnce(throttled, { deadLetterFails: true });
    expect(losses).toMatchObject([{ event: { detail: { service: 'checkout' } }, error: new Error('no such queue') }]);
  });
});

test('one target that fails holds up no other', async () => {
  const delivered: string[] = [];
  const targets = [target({ id: 'bad', arn: 'arn:bad' }), target({ id: 'good', arn: 'arn:good' })];
  const buses = createEventBuses(
    { ...here, rules: [rule({ targets })] },
    fakeWorld({
      deliver: async (arn) => {
        if (arn === 'arn:bad') throw throttled();
        delivered.push(arn);
      },
      deadLetter: async (_queue, _body, attributes) => {
        delivered.push(`dead: ${attributes.TARGET_ARN}`);
      },
    }),
  );
  buses.putEvents([entry()]);
  await buses.idle();
  expect(delivered).toEqual(['arn:good', 'dead: arn:bad']);
});

test('closing ends a delivery that waits for its retry', async () => {
  const failed = Promise.withResolvers<void>();
  const buses = createEventBuses(
    { ...here, rules: [rule()] },
    fakeWorld({
      deliver: async () => {
        failed.resolve();
        throw throttled();
      },
      retryDelay: () => 30_000,
    }),
  );
  buses.putEvents([entry()]);
  await failed.promise;
  buses.close();
  await buses.idle();
});

test('the delays between retries grow, vary, and let 185 of them fill a day', () => {
  for (const attempt of [1, 2, 5, 9, 10, 185]) {
    const full = Math.min(480_000, 1000 * 2 ** (attempt - 1));
    const delay = exponentialRetryDelay(attempt);
    expect(delay).toBeGreaterThanOrEqual(full / 2);
    expect(delay).toBeLessThanOrEqual(full);
  }
});
