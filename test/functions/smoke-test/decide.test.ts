import { describe, expect, test } from 'vitest';
import { type Facts, finished, finishedBefore, started } from '#functions/smoke-test/decide.ts';
import type { Result } from '#functions/smoke-test/suite.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { at, checkOf, committed, imageOf, revision, upgraded } from './world.ts';

const commit = committed(2, 50);
const deployed = upgraded(2, 60, commit);

const result = (state: Result['state'], saw = '200 in 12 ms'): Result => ({
  check: checkOf({ get: 'https://checkout.acme.example/healthz' }),
  state,
  saw,
  attempts: 1,
  took: 12,
});

const facts = (fields: Partial<Facts> = {}): Facts => ({
  chain: [commit, deployed],
  deployment: undefined,
  results: [result('held')],
  ended: new Date(at(75)),
  ...fields,
});

const outcomeOf = (fields: Partial<Facts>) => finished(deployed, facts(fields)).data.subject.content;

/** What runs or is wanted since then. */
const state = (n: number, seconds: number) => ({
  image: imageOf(n),
  chain: deployed.data.context.chainId,
  event: deployed.id,
  since: at(seconds),
  revision,
});

describe('a suite', () => {
  test('is told as it begins, at the time of the deployment, on its chain', () => {
    const event = started(deployed);
    expectValidCdevent(event);
    expect(event).toMatchObject({
      time: deployed.time,
      subject: deployed.id,
      service: 'checkout',
      environment: 'staging',
    });
    expect(event.data.context).toMatchObject({
      chainId: deployed.data.context.chainId,
      links: [{ from: { contextId: deployed.id } }],
    });
  });

  test('is told as it ends, with all that its reader needs', () => {
    const event = finished(deployed, facts());
    expectValidCdevent(event);
    expect(event).toMatchObject({ time: at(75), subject: deployed.id, outcome: 'success', team: 'pay' });
    expect(event.data.customData).toEqual({
      deployment: deployed.id,
      target: 'app',
      image: imageOf(2),
      revision,
      checks: [
        {
          request: 'GET https://checkout.acme.example/healthz',
          passed: true,
          expected: '200 in 10 s at most',
          saw: '200 in 12 ms',
          attempts: 1,
          took: 12,
        },
      ],
    });
  });

  test('ends after what it tested, whatever our clock says', () => {
    expect(finished(deployed, facts({ ended: new Date(at(3)) })).time).toBe(deployed.time);
  });

  test.each<[string, Result[], string, RegExp | undefined]>([
    ['all held', [result('held'), result('held')], 'success', undefined],
    [
      'one failed',
      [result('held'), result('failed', '500 in 3 ms')],
      'failure',
      /^1 of 2 checks did not hold: GET .*saw 500 in 3 ms$/,
    ],
    ['one failed and one is unknown', [result('unknown'), result('failed')], 'failure', /^1 of 2/],
    ['one is unknown', [result('held'), result('unknown')], 'error', /time of the function ran out/],
  ])('of which %s', (_, results, outcome, reason) => {
    const content = outcomeOf({ results });
    expect(content.outcome).toBe(outcome);
    if (reason === undefined) expect(content).not.toHaveProperty('reason');
    else expect(content.reason).toMatch(reason);
  });

  test.each<[string, Facts['deployment'], Partial<Facts>, string]>([
    ['this image is deployed', { deployed: state(2, 60), asked: state(2, 50) }, {}, 'success'],
    ['the log has not heard of it', { deployed: state(1, 20), asked: state(1, 10) }, {}, 'success'],
    ['another is deployed since', { deployed: state(3, 70), asked: state(2, 50) }, {}, 'error'],
    ['another is asked for since', { deployed: state(2, 60), asked: state(3, 65) }, {}, 'error'],
    ['another was asked for while it was rolled out', { deployed: state(2, 60), asked: state(3, 55) }, {}, 'error'],
    ['another was asked for, and its own commit is not logged', { asked: state(3, 55) }, { chain: [] }, 'success'],
    ['the same is deployed again', { deployed: state(2, 70), asked: state(2, 65) }, {}, 'success'],
  ])('where %s', (_, deployment, more, outcome) => {
    expect(outcomeOf({ deployment, ...more }).outcome).toBe(outcome);
  });

  test('proves nothing about an image that was replaced, also where it failed', () => {
    const content = outcomeOf({ deployment: { deployed: state(3, 70) }, results: [result('failed')] });
    expect(content).toMatchObject({
      outcome: 'error',
      reason: 'v1.0.3 is deployed by now, so the checks say nothing about this image',
    });
  });

  test('fits the bus with twenty checks of the longest words in any script', () => {
    const check = checkOf({
      get: `https://checkout.acme.example/${'ü'.repeat(1900)}`,
      text: '語'.repeat(500),
      json: { [`a${'語'.repeat(150)}`]: '語'.repeat(400) },
    });
    const results = Array.from({ length: 20 }, () => ({ ...result('failed', '語'.repeat(240)), check }));
    const event = finished(deployed, facts({ results }));
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(64 * 1024);
  });
});

describe('an end that is logged already', () => {
  test('is found by its deployment, in the bytes that it had', () => {
    const end = finished(deployed, facts());
    const other = finished(upgraded(3, 90), facts());
    // A table gives fields back in any order.
    const shuffled = JSON.parse(JSON.stringify(end), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    const found = finishedBefore(deployed, [started(deployed), other, shuffled]);
    expect(JSON.stringify(found)).toBe(JSON.stringify(end));
    expect(finishedBefore(deployed, [started(deployed), other])).toBeUndefined();
  });
});
