import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { createHandler } from '#functions/smoke-test/handler.ts';
import { ask } from '#functions/smoke-test/request.ts';
import type { Ask } from '#functions/smoke-test/suite.ts';
import type { Check } from '#shared/config/check.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { runs } from '../../runs.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import {
  at,
  checkOf,
  committed,
  configOf,
  contextOf,
  createFakeRuntime,
  imageOf,
  revision,
  serve,
  upgraded,
} from './world.ts';

let dynamodb: Dynamodb;
beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
});
afterAll(() => dynamodb.close());

let services = 0;

/** The function with a service of its own, whose deployment it may be told of again and again. */
const createSubject = (smoke: readonly Check[], { asking = ask }: { asking?: Ask } = {}) => {
  services += 1;
  const service = `checkout-${services}`;
  const deployed = upgraded(2, 60, committed(2, 50, service));
  const deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
  const { runtime, published } = createFakeRuntime();
  const createRun = (overrides: object = {}) => {
    const handler = createHandler({
      runtime: { ...runtime, ...overrides },
      config: async () => configOf(smoke, service),
      deliveries,
      ask: asking,
    });
    return (milliseconds?: number) =>
      handler({ detail: JSON.parse(JSON.stringify(deployed)) }, contextOf(milliseconds));
  };
  const ends = () => published.map(({ event }) => event).filter(testSuiteRunFinished.is);
  return { service, deployed, deliveries, published, createRun, run: createRun(), ends };
};

const outcomes = ({ ends }: Pick<ReturnType<typeof createSubject>, 'ends'>) =>
  ends().map(({ data }) => [data.subject.content.outcome, ...data.customData.checks.map(({ saw }) => saw)]);

describe('a deployment', () => {
  test('without checks is left alone', async () => {
    const { run, published } = createSubject([]);
    expect(await run()).toMatchObject({ published: [], skipped: expect.any(String) });
    expect(published).toEqual([]);
  });

  test('of a service that nobody configured is left alone', async () => {
    const { runtime, published } = createFakeRuntime();
    const fake = () => Promise.reject(new Error('fake: not to be touched'));
    const deliveries = { append: fake, chain: fake, deployment: fake };
    const handler = createHandler({ runtime, config: async () => configOf([], 'other'), deliveries, ask: fake });
    await handler({ detail: upgraded(2, 60) }, contextOf());
    expect(published).toEqual([]);
  });

  test('is told to be checked before it is, and proven when all holds; the end is logged', async () => {
    const order: string[] = [];
    const url = await serve((_, response) => {
      order.push('asked');
      response.end('{"status":"ok"}');
    });
    const subject = createSubject([checkOf({ get: url }), checkOf({ get: url, json: { status: 'ok' } })]);
    const publish = async (events: readonly { type: string }[]) => void order.push(...events.map(({ type }) => type));
    await subject.createRun({ publish })();
    expect(order).toEqual([testSuiteRunStarted.type, 'asked', 'asked', testSuiteRunFinished.type]);
    const logged = (await subject.deliveries.chain(subject.deployed.data.context.chainId)).filter(
      testSuiteRunFinished.is,
    );
    expect(logged).toMatchObject([{ outcome: 'success' }]);
  });

  test('is tried until it holds', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 500 : 200).end();
    });
    const subject = createSubject([checkOf({ get: url, within: '20s' })]);
    await subject.run();
    expect(subject.ends()[0]?.data.customData.checks).toMatchObject([{ passed: true, attempts: 3 }]);
  });

  test.each<[string, object, Parameters<typeof serve>[0], RegExp]>([
    ['answers 500', {}, (_, response) => void response.writeHead(500).end(), /^500 in/],
    ['never answers', { latency: '100ms' }, () => undefined, /^no whole answer in/],
    [
      'answers too slowly',
      { latency: '50ms' },
      (_, response) => void wait(120).then(() => response.end()),
      /^no whole answer in/,
    ],
    [
      'sends us elsewhere',
      {},
      (_, response) => void response.writeHead(302, { location: 'https://login.example/?to=x' }).end(),
      /^302 to https:\/\/login\.example\/ in/,
    ],
    [
      'answers other JSON',
      { json: { status: 'ok' } },
      (_, response) => void response.end('{"status":"down"}'),
      /status is "down"/,
    ],
    [
      'talks without end',
      { json: { a: 1 } },
      (_, response) => void response.end('x'.repeat(9e6)),
      /too long to be read as JSON: xxx/,
    ],
  ])('that %s fails, and what was seen is told', async (_, check, answer, saw) => {
    const url = await serve(answer);
    const subject = createSubject([checkOf({ get: url, within: '600ms', ...check })]);
    await subject.run();
    expect(outcomes(subject)).toEqual([['failure', expect.stringMatching(saw)]]);
  });

  test('is told what it answered, not that its last request was cut short', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(500).end();
    });
    const subject = createSubject([checkOf({ get: url, within: '700ms' })]);
    await subject.run();
    expect(outcomes(subject)).toEqual([['failure', expect.stringMatching(/^500 in/)]]);
    expect(subject.ends()[0]?.data.customData.checks[0]?.attempts).toBeGreaterThan(1);
  });

  test('proves nothing where our own time runs out', async () => {
    const subject = createSubject([checkOf({ get: await serve(() => undefined) })]);
    await subject.run(700);
    expect(outcomes(subject)).toEqual([['error', expect.any(String)]]);
  });

  test('proves nothing where another image is there by then', async () => {
    const url = await serve((_, response) => void response.end());
    const subject = createSubject([checkOf({ get: url })]);
    const { service, deliveries, deployed } = subject;
    await deliveries.record({
      service,
      environment: 'staging',
      target: 'app',
      fact: 'deployed',
      image: { image: imageOf(3), chain: deployed.data.context.chainId, event: deployed.id, since: at(90), revision },
    });
    await subject.run();
    expect(outcomes(subject)).toEqual([['error', expect.stringMatching(/^200 in/)]]);
  });

  test('that was tested, but broke off before that was told, is not tested again', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const subject = createSubject([checkOf({ get: url })]);
    const publish = async (events: readonly { type: string }[]) => {
      if (events.some(({ type }) => type === testSuiteRunFinished.type)) throw new Error('the bus is away');
    };
    await expect(subject.createRun({ publish })()).rejects.toThrow('the bus is away');
    await subject.run();
    expect(asked).toBe(1);
    expect(outcomes(subject)).toEqual([['success', expect.any(String)]]);
  });

  test('is retried where the log is away', async () => {
    const { runtime, published } = createFakeRuntime();
    const away = () => Promise.reject(new Error('the log is away'));
    const deliveries = { append: away, chain: away, deployment: away };
    const config = async () => configOf([checkOf({ get: 'http://127.0.0.1:1' })]);
    const handler = createHandler({ runtime, config, deliveries, ask: away });
    await expect(handler({ detail: upgraded(2, 60) }, contextOf())).rejects.toThrow('the log is away');
    expect(published.map(({ event }) => event.type)).toEqual([testSuiteRunStarted.type]);
  });
});

test('however often and at once a deployment is told, and whatever each run sees, it ends once, in the same bytes', async () => {
  const run = fc.record({
    status: fc.constantFrom(200, 500),
    milliseconds: fc.nat(15),
    start: fc.nat(15),
    breaksOff: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 3 }), async (runs) => {
      const answers = [...runs];
      const asking: Ask = async () => {
        const { status, milliseconds } = answers.shift() ?? { status: 200, milliseconds: 0 };
        await wait(milliseconds);
        return { status, body: '', cut: false, milliseconds };
      };
      const subject = createSubject([checkOf({ get: 'http://fake.example', within: '10ms' })], { asking });
      await Promise.all(
        runs.map(async ({ start, breaksOff }) => {
          await wait(start);
          const publish = async (events: readonly { type: string }[]) => {
            if (events.some(({ type }) => type === testSuiteRunFinished.type)) throw new Error('fake: crashed');
          };
          await subject
            .createRun(breaksOff ? { publish } : {})()
            .catch(() => undefined);
        }),
      );
      await subject.run(); // the retry that comes in the end
      const bytesOf = ({ type }: { type: string }) =>
        new Set(subject.published.filter(({ event }) => event.type === type).map(({ bytes }) => bytes));
      expect(bytesOf(testSuiteRunStarted).size).toBe(1);
      expect(bytesOf(testSuiteRunFinished).size).toBe(1);
      const chain = await subject.deliveries.chain(subject.deployed.data.context.chainId);
      expect(chain.filter(testSuiteRunFinished.is)).toHaveLength(1);
      expect([...bytesOf(testSuiteRunFinished)]).toEqual([
        JSON.stringify(testSuiteRunFinished.schema.parse(chain.find(testSuiteRunFinished.is))),
      ]);
    }),
    { numRuns: runs(15, 200) },
  );
});
