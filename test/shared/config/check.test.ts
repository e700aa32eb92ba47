import { describe, expect, test } from 'vitest';
import { checkSchema } from '#shared/config/check.ts';
import { parseOne, problemsOf, service, staging } from './fixture.ts';

const url = 'https://checkout.acme.example/healthz';

describe('a check', () => {
  test('asks by get for 200 for a minute, ten seconds each, if nothing else is said', () => {
    expect(checkSchema.parse({ get: url })).toEqual({
      method: 'GET',
      url,
      headers: {},
      status: [200],
      json: {},
      latency: 10_000,
      within: 60_000,
    });
  });

  test('says all that it wants', () => {
    const raw = {
      post: url,
      headers: { authorization: 'Bearer abc', Host: 'checkout.internal' },
      body: '{}',
      status: [200, 201],
      text: 'ok',
      json: { 'checks[0].status': 'up', healthy: true, errors: 0, reason: null },
      latency: '500ms',
      within: '1.5m',
    };
    const { post: _, ...said } = raw;
    expect(checkSchema.parse(raw)).toEqual({ ...said, method: 'POST', url, latency: 500, within: 90_000 });
  });

  test.each(['get', 'head', 'post', 'put', 'delete'])('may ask by %s', (method) => {
    expect(checkSchema.parse({ [method]: url })).toMatchObject({ method: method.toUpperCase(), url });
  });

  test('is the environment’s, parsed', () => {
    const smoke = [{ get: url, within: '10s' }];
    const config = parseOne({ ...service, environments: { staging: { ...staging, smoke } } });
    expect(problemsOf(config)).toEqual([]);
    expect(config.services[0]?.environments[0]?.smoke).toMatchObject([{ method: 'GET', within: 10_000 }]);
  });
});

describe('a check that is wrong', () => {
  const wrong = (check: unknown): string =>
    problemsOf(parseOne({ ...service, environments: { staging: { ...staging, smoke: [check] } } })).join('\n');

  test.each<[string, object, string]>([
    ['asks for nothing', { status: 200 }, 'smoke.0: wants exactly one of get, head, post, put, delete'],
    ['asks twice', { get: url, head: url }, 'smoke.0: wants exactly one of'],
    ['has a key that nobody knows', { get: url, timeout: '1s' }, 'Unrecognized key: "timeout"'],
    ['asks no URL', { get: '/healthz' }, 'smoke.0.get: Invalid URL'],
    ['asks by another protocol', { get: 'ftp://acme.example' }, 'smoke.0.get: Invalid URL'],
    ['shows a password', { get: 'https://ada:secret@acme.example' }, 'smoke.0.get: carries credentials'],
    ['sends a body by get', { get: url, body: 'x' }, 'smoke.0: sends a body only by post or put'],
    ['looks for text where no body is', { head: url, text: 'ok' }, 'smoke.0: can look for no text or json'],
    ['looks for JSON where no body is', { head: url, json: { a: 1 } }, 'smoke.0: can look for no text or json'],
    ['wants no status', { get: url, status: [] }, 'smoke.0.status: '],
    ['wants a status that is none', { get: url, status: 99 }, 'smoke.0.status: '],
    ['names a path that is none', { get: url, json: { 'a..b': 1 } }, 'is not a path'],
    ['wants an object', { get: url, json: { a: {} } }, 'wants a string, a number, a boolean or null'],
    ['names no header', { get: url, headers: { 'a b': 'c' } }, 'is not the name of a header'],
    ['breaks out of a header', { get: url, headers: { a: 'b\r\nc: d' } }, 'is not printable ASCII'],
    [
      'frames the request itself',
      { get: url, headers: { 'Content-Length': '3' } },
      'is a header that the request sets',
    ],
    ['takes too long', { get: url, within: '5m' }, 'smoke.0.within: is longer than 4m'],
    ['takes no time', { get: url, within: '0s' }, 'smoke.0.within: is no time at all'],
    ['has no unit', { get: url, within: '60' }, 'smoke.0.within: is not a duration'],
    ['has a number for a duration', { get: url, latency: 500 }, 'smoke.0.latency: '],
  ])('%s', (_, check, message) => {
    expect(wrong(check)).toContain(message);
  });

  test('is one of too many', () => {
    const smoke = Array.from({ length: 21 }, () => ({ get: url }));
    expect(problemsOf(parseOne({ ...service, environments: { staging: { ...staging, smoke } } })).join()).toContain(
      'staging.smoke: ',
    );
  });
});
