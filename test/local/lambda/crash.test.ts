import { afterEach, expect, test } from 'vitest';
import type { FaultyCall } from '#local/aws/endpoint/endpoint.ts';
import type { Cloud } from '#local/cloud.ts';
import type { Invocation } from '#local/lambda/invoke.ts';
import { outcomeOf, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
afterEach(() => cloud.close());

/** Dies once, in that phase of a PutEvents. */
const dyingOnce = (phase: FaultyCall['phase']) => {
  let lives = 1;
  return (functionName: string, call: FaultyCall): boolean => {
    expect(functionName).toBe('fixture-test-actor');
    if (call.action !== 'PutEvents' || call.phase !== phase || lives === 0) return false;
    lives -= 1;
    return true;
  };
};

const putting = { to: ['actor'], steps: [['put', { to: ['nobody'] }], ['count']] };

test.each([
  ['before', 1],
  ['after', 2],
] as const)(
  'a worker that dies %s its call is a crash, is retried, and has had its effect %i times',
  async (phase, effects) => {
    cloud = await startFixture({ faults: { crash: dyingOnce(phase) } });
    const invocations: Invocation[] = [];
    const details: unknown[] = [];
    cloud.onInvocation((invocation) => invocations.push(invocation));
    cloud.onEvent(({ event }) => details.push(event.detail));
    const Detail = JSON.stringify(putting);
    cloud.putEvents([{ EventBusName: 'fixture-test', Source: 'fixture', DetailType: 'step', Detail }]);
    await cloud.idle();
    expect(details).toEqual([putting, ...Array.from({ length: effects }, () => ({ to: ['nobody'] }))]);
    expect(invocations.map(({ outcome, coldStart }) => [outcome.ok, coldStart])).toEqual([
      [false, true],
      [true, true],
    ]);
    expect(invocations[0]?.outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  },
);

test('closing while functions run, retries wait and messages are in flight leaves nothing behind', async () => {
  cloud = await startFixture({ delays: { invocationRetry: () => 60_000, queueSeconds: (seconds) => seconds * 1000 } });
  const failing = steps(['fail', 'once']);
  const Detail = JSON.stringify({ to: ['actor'], ...failing });
  cloud.putEvents([{ EventBusName: 'fixture-test', Source: 'fixture', DetailType: 'step', Detail }]);
  await outcomeOf(cloud, 'actor', steps(['send', '{"throws":true}']));
  const begun = Promise.withResolvers<void>();
  cloud.onLog(({ line }) => line === 'begun' && begun.resolve());
  const running = cloud.invoke('fixture-test-mute', steps(['log', 'begun'], ['sleep', 60_000]));
  await begun.promise;
  await cloud.close();
  expect((await running).outcome).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  await expect(fetch(cloud.endpoint)).rejects.toThrow();
});
