import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createThrottle } from '#local/aws/http-api/throttle.ts';
import type { Cloud } from '#local/cloud.ts';
import { changedFixture } from '../fixture/changed.ts';
import { startFixture } from '../fixture/start-fixture.ts';

let cloud: Cloud;
let packaged: string;
/** One for all, which lets more requests through than the fixture's. */
beforeAll(async () => {
  packaged = await changedFixture({
    'HttpApiStage.Properties.DefaultRouteSettings': { ThrottlingBurstLimit: 500, ThrottlingRateLimit: 500 },
  });
  cloud = await startFixture({ packaged });
});
afterAll(async () => {
  await cloud.close();
  await rm(packaged, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: an event is looked at anywhere
type Json = Record<string, any>;

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${cloud.api}${path}`, { method: 'POST', body, headers });

const echo = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<Json> => {
  const response = await post('/echo', body, headers);
  const event: unknown = await response.json();
  return event as Json;
};

const answer = (content: object) => post('/answer', JSON.stringify(content), { 'content-type': 'application/json' });

test('a request becomes an event of payload format 2.0', async () => {
  const before = Date.now();
  const response = await fetch(`${cloud.api}/things/a%20b?x=1&x=2&y=%C3%A9`, {
    headers: { cookie: 'one=1; two=2', 'user-agent': 'me' },
  });
  const event = (await response.json()) as Json;
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'GET /things/{id}',
    rawPath: '/things/a b',
    rawQueryString: 'x=1&x=2&y=%C3%A9',
    cookies: ['one=1', 'two=2'],
    queryStringParameters: { x: '1,2', y: 'é' },
    pathParameters: { id: 'a b' },
    requestContext: {
      accountId: '111122223333',
      apiId: cloud.model.httpApi?.id,
      http: { method: 'GET', path: '/things/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'me' },
      requestId: response.headers.get('apigw-requestid'),
      routeKey: 'GET /things/{id}',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.toSatisfy((time: number) => time >= before && time <= Date.now()),
    },
    isBase64Encoded: false,
  });
  expect(event).not.toHaveProperty('body');
  expect(event.headers).toMatchObject({ 'user-agent': 'me', 'x-forwarded-proto': 'http' });
  expect(event.headers).not.toHaveProperty('cookie');
  expect(event.headers).not.toHaveProperty('connection');
});

test('repeated headers are joined by commas under their small name', async () => {
  const body = await new Promise<string>((resolve, reject) => {
    const sending = request(`${cloud.api}/echo`, { method: 'POST', headers: { 'X-Twice': ['a', 'b'] } }, (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((chunks) => resolve(chunks.join('')), reject);
    });
    sending.on('error', reject).end();
  });
  expect(JSON.parse(body).headers).toMatchObject({ 'x-twice': 'a,b' });
});

test('bodies of text types come as text, all others as base64', async () => {
  const text = { body: '{"a":"é"}', isBase64Encoded: false };
  const encoded = { body: Buffer.from('{"a":"é"}').toString('base64'), isBase64Encoded: true };
  for (const [type, expected] of [
    ['application/json', text],
    ['application/json; charset=utf-8', text],
    ['text/plain', text],
    ['application/x-www-form-urlencoded', encoded],
    ['application/vnd.github+json', encoded],
    ['application/octet-stream', encoded],
  ] as const) {
    expect(await echo('{"a":"é"}', { 'content-type': type })).toMatchObject(expected);
  }
  const bytes = new Uint8Array([0, 255, 128]);
  const event = await echo(bytes, { 'content-type': 'image/png' });
  expect(Buffer.from(event.body, 'base64')).toEqual(Buffer.from(bytes));
});

test('an answer with a status code is the response', async () => {
  const response = await answer({ statusCode: 202, headers: { 'X-One': '1' }, cookies: ['a=1', 'b=2'], body: 'taken' });
  expect([response.status, await response.text()]).toEqual([202, 'taken']);
  expect(response.headers.get('x-one')).toBe('1');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('content-type')).toContain('text/plain');
});

test('a body in base64 is decoded', async () => {
  const response = await answer({
    statusCode: 200,
    body: Buffer.from([1, 2, 255]).toString('base64'),
    isBase64Encoded: true,
  });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 255]));
});

test.each([
  [{ raw: { fine: true } }, '{"fine":true}'],
  [{ raw: 'fine' }, 'fine'],
])('an answer without a status code, %j, is the body of a 200', async (content, body) => {
  const response = await answer(content);
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/json',
    body,
  ]);
});

test.each([
  ['throws', { throws: 'a fault' }],
  ['answers nonsense', { statusCode: 'soon' }],
  ['answers more than Lambda lets through', { sized: 6 * 1024 * 1024 }],
])('a function that %s is an internal server error, and nothing of it is told', async (_, content) => {
  const response = await answer(content);
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('unknown routes and methods are not found', async () => {
  for (const [method, path] of [
    ['POST', '/nothing'],
    ['GET', '/echo'],
    ['GET', '/things'],
  ] as const) {
    const response = await fetch(`${cloud.api}${path}`, { method });
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  }
  expect((await fetch(`${cloud.api}/files/a/b/c`, { method: 'DELETE' })).status).toBe(200);
});

test('bodies above ten megabytes are refused by the API, above Lambda’s six as well', async () => {
  const tooLong = await post('/echo', new Uint8Array(10 * 1024 * 1024 + 1), { 'content-type': 'text/plain' });
  expect([tooLong.status, await tooLong.json()]).toEqual([413, { message: 'Request Too Long' }]);
  // In base64, five megabytes are more than six.
  const tooLarge = await post('/echo', new Uint8Array(5 * 1024 * 1024), { 'content-type': 'image/png' });
  expect(tooLarge.status).toBe(413);
});

test('a function that lets no API invoke it is an internal server error, one that is too slow an unavailable service', async () => {
  const packaged = await changedFixture({
    'WebLambdaPermissionHttpApi.Properties.SourceArn': 'arn:aws:execute-api:eu-west-1:111122223333:another/*',
  });
  const unpermitted = await startFixture({ packaged });
  const forbidden = await fetch(`${unpermitted.api}/echo`, { method: 'POST' });
  expect([forbidden.status, await forbidden.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  await unpermitted.close();
  await rm(packaged, { recursive: true });
  const hurried = await changedFixture({ 'HttpApiIntegrationWeb.Properties.TimeoutInMillis': 50 });
  const impatient = await startFixture({ packaged: hurried });
  const slow = await fetch(`${impatient.api}/answer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"sleeps":2000}',
  });
  expect([slow.status, await slow.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  await impatient.close();
  await rm(hurried, { recursive: true });
});

test('above the burst requests are throttled', async () => {
  const throttled = await startFixture();
  const ask = () => fetch(`${throttled.api}/answer`, { method: 'POST', body: '{"raw":1}' });
  const statuses = await Promise.all(Array.from({ length: 25 }, async () => (await ask()).status));
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  const refused = await ask();
  expect(await refused.json()).toEqual({ message: 'Too Many Requests' });
  await throttled.close();
});

test('the bucket fills again at the rate', () => {
  let now = 0;
  const mayPass = createThrottle({ burst: 2, rate: 10 }, () => now);
  expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false]);
  now = 100;
  expect([mayPass(), mayPass()]).toEqual([true, false]);
  now = 10_000;
  expect([mayPass(), mayPass(), mayPass()]).toEqual([true, true, false]);
});
