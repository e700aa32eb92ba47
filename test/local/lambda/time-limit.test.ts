import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cloud } from '#local/cloud.ts';
import { outcomeOf, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startFixture({ delays: { functionSeconds: (seconds) => seconds * 200 } });
});
afterAll(() => cloud.close());

test('a second of a time limit lasts as long as it is told, also in what a function sees of it', async () => {
  expect(await outcomeOf(cloud, 'actor', steps(['context']))).toMatchObject({
    remaining: expect.toSatisfy((ms: number) => ms > 0 && ms <= 200),
  });
  expect(await outcomeOf(cloud, 'actor', steps(['sleep', 60_000]))).toMatchObject({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringContaining('Task timed out after 0.20 seconds'),
  });
});
