import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '#functions/smoke-test/answer.ts';
import { expectationOf, judge, requestOf } from '#functions/smoke-test/judge.ts';
import { plain } from '#functions/smoke-test/plain-text.ts';
import { checkOf } from './world.ts';

const get = 'https://checkout.acme.example/healthz';

const reply = (fields: object = {}): Answer => ({ status: 200, body: '', cut: false, milliseconds: 12.4, ...fields });

const json = (value: unknown): Answer => reply({ body: JSON.stringify(value) });

describe('an answer', () => {
  test.each<[string, object, Answer]>([
    ['has the status', {}, reply()],
    ['has one of several', { status: [200, 204] }, reply({ status: 204 })],
    ['is the redirect that is wanted', { status: 302 }, reply({ status: 302, location: 'https://login.example/' })],
    ['contains the text', { text: 'ok' }, reply({ body: 'all is ok here' })],
    [
      'has the values',
      { json: { 'a.b[1].c': 'x', n: 0, f: false, z: null } },
      json({ a: { b: [0, { c: 'x' }] }, n: 0, f: false, z: null }),
    ],
    ['has a key with a dot', { json: { 'a\\.b': 1 } }, json({ 'a.b': 1 })],
    ['is as slow as it may be', { latency: '500ms' }, reply({ milliseconds: 500 })],
  ])('that %s holds', (_, check, answer) => {
    expect(judge(checkOf({ get, ...check }), answer).holds).toBe(true);
  });

  test.each<[string, object, Answer, string]>([
    ['another status', {}, reply({ status: 500, body: 'trace' }), '500 in 12 ms'],
    [
      'a redirect elsewhere',
      {},
      reply({ status: 302, location: 'https://login.example/in' }),
      '302 to https://login.example/in in 12 ms',
    ],
    ['another text', { text: 'ok' }, reply({ body: 'not yet' }), '200 in 12 ms, without the text: not yet'],
    ['no text', { text: 'ok' }, reply(), '200 in 12 ms, without the text: (empty)'],
    ['no JSON', { json: { status: 'ok' } }, reply({ body: '<html>' }), '200 in 12 ms, no JSON: <html>'],
    [
      'too much JSON',
      { json: { a: 1 } },
      reply({ body: '{"a"', cut: true }),
      '200 in 12 ms, too long to be read as JSON: {"a"',
    ],
    [
      'another value',
      { json: { status: 'ok' } },
      json({ status: 'degraded' }),
      '200 in 12 ms, status is "degraded": {"status":"degraded"}',
    ],
    ['a number as text', { json: { n: 1 } }, json({ n: '1' }), '200 in 12 ms, n is "1": {"n":"1"}'],
    [
      'no such value',
      { json: { 'a.b': 1, c: 2 } },
      json({ a: [] }),
      '200 in 12 ms, a.b is missing, c is missing: {"a":[]}',
    ],
    [
      'what only JavaScript has',
      { json: { constructor: 'x', 'a.length': 0 } },
      json({ a: [] }),
      'constructor is missing, a.length is missing',
    ],
    ['a list, an object', { json: { a: 1, b: 1 } }, json({ a: [1], b: { c: 1 } }), 'a is a list, b is an object'],
    ['an answer too late', { latency: '500ms' }, reply({ milliseconds: 1234 }), '200 in 1.2 s'],
    [
      'no answer',
      {},
      { why: 'connect ECONNREFUSED 127.0.0.1:1', stopped: false, milliseconds: 1 },
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['no answer in time', {}, { why: 'aborted', stopped: true, milliseconds: 10_000.3 }, 'no whole answer in 10 s'],
  ])('of %s does not hold, and what was seen is told', (_, check, answer, saw) => {
    const verdict = judge(checkOf({ get, ...check }), answer);
    expect(verdict.holds).toBe(false);
    expect(verdict.saw).toContain(saw);
  });

  test('that echoes the headers shows nothing of what is secret in them', () => {
    const headers = {
      authorization: 'Bearer s3cr3t-token',
      cookie: 'session=abcdef123; theme=dark',
      'x-key': 'k3y-that-is-long',
    };
    const check = checkOf({ get, headers, text: 'healthy' });
    const echo = `${JSON.stringify(headers)} s3cr3t-token abcdef123`;
    for (const saw of [
      judge(check, reply({ body: echo })).saw,
      judge(check, reply({ body: `${'x'.repeat(110)}s3cr3t-token` })).saw,
      judge(checkOf({ get, headers, json: { key: 1 } }), json({ key: 'k3y-that-is-long' })).saw,
      judge(check, reply({ status: 302, location: 'https://login.example/s3cr3t-token' })).saw,
      judge(check, { why: 'bad s3cr3t-token', stopped: false, milliseconds: 1 }).saw,
    ]) {
      expect(saw).toContain('•••');
      expect(saw).not.toMatch(/s3cr|abcdef|k3y-/);
    }
    expect(expectationOf(check) + requestOf(check)).not.toMatch(/s3cr|abcdef|k3y-/);
  });
});

test('the request and the expectation are told in a line each', () => {
  const check = checkOf({
    put: 'https://BÜCHER.example/a b',
    status: [200, 204],
    text: 'ok',
    json: { 'a.b': 'x' },
    latency: '1500ms',
  });
  expect(requestOf(check)).toBe('PUT https://xn--bcher-kva.example/a%20b');
  expect(expectationOf(check)).toBe('200 or 204 in 1.5 s at most, the text "ok", a.b = "x"');
});

test('whatever a server says is one bounded line of whole, printable characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 80 }), (text, longest) => {
      const shown = plain(text, longest);
      expect(shown.length).toBeLessThanOrEqual(longest);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(shown.isWellFormed()).toBe(true);
    }),
  );
});
