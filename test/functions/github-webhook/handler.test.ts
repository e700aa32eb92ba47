import { sign } from '@octokit/webhooks-methods';
import { describe, expect, test } from 'vitest';
import { Upstream } from '#shared/handlers/errors.ts';
import { push } from './payloads.ts';
import { previousSecret, requestOf, secret, signed } from './requests.ts';
import { createSubject } from './subject.ts';

const body = Buffer.from(JSON.stringify(push()));
const signature = await sign(secret, body.toString());

describe('a signature', () => {
  test('of the current secret is taken', async () => {
    const { send, published } = createSubject();
    const { statusCode, body } = await send(await signed('push', push()));
    expect({ statusCode, body }).toEqual({ statusCode: 202, body: JSON.stringify({ published: [published[0]?.id] }) });
  });

  test('of the previous secret is taken while a rotation is under way', async () => {
    const { send, published } = createSubject();
    expect(await send(await signed('push', push(), { by: previousSecret }))).toMatchObject({ statusCode: 202 });
    expect(published).toHaveLength(1);
  });

  test('of the previous secret is refused when the rotation is over', async () => {
    const { send, published } = createSubject(async () => [secret]);
    expect(await send(await signed('push', push(), { by: previousSecret }))).toMatchObject({ statusCode: 401 });
    expect(published).toEqual([]);
  });

  test.each([
    ['missing', ''],
    ['without its algorithm', signature.slice('sha256='.length)],
    ['of SHA-1', `sha1=${signature.slice(-40)}`],
    ['too short', signature.slice(0, -1)],
    ['too long', `${signature}0`],
    ['in capitals', signature.toUpperCase()],
    ['sent twice', `${signature},${signature}`],
  ])('that is %s is refused before any secret is read', async (_, malformed) => {
    const { send, published } = createSubject(() => {
      throw new Error('fake: no secret is needed');
    });
    const response = await send(requestOf({ event: 'push', body, signature: malformed }));
    expect(response).toMatchObject({ statusCode: 401, body: '{"error":"unauthenticated"}' });
    expect(published).toEqual([]);
  });

  test('of an empty body is refused', async () => {
    const { send } = createSubject();
    expect(await send(requestOf({ event: 'push', body: Buffer.alloc(0), signature }))).toMatchObject({
      statusCode: 401,
    });
  });

  test('is not asked for what a broken text would be decoded to', async () => {
    const { send } = createSubject();
    const decoded = '{"zen":"\uFFFD"}';
    const broken = Buffer.from([...Buffer.from('{"zen":"'), 0xff, ...Buffer.from('"}')]);
    const request = { event: 'ping', body: broken, signature: await sign(secret, decoded), base64: true };
    expect(await send(requestOf(request))).toMatchObject({ statusCode: 401 });
  });

  test('that can not be checked, because the secret can not be read, is a 503', async () => {
    const { send } = createSubject(() => Promise.reject(new Upstream('fake: no SSM')));
    expect(await send(await signed('push', push()))).toMatchObject({ statusCode: 503 });
  });
});

describe('a body', () => {
  test('of a form is taken, as base64 and as text', async () => {
    const form = new URLSearchParams({ payload: JSON.stringify(push()) }).toString();
    const contentType = 'application/x-www-form-urlencoded';
    const { send, published } = createSubject();
    await send(await signed('push', form, { contentType, base64: true }));
    await send(await signed('push', form, { contentType: `${contentType}; charset=utf-8` }));
    await send(await signed('push', push(), { base64: true }));
    expect(published).toHaveLength(3);
    expect(new Set(published.map((event) => JSON.stringify(event))).size).toBe(1);
  });

  test('of more than 4 MiB is refused unread', async () => {
    const { send } = createSubject(() => {
      throw new Error('fake: no secret is needed');
    });
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    expect(await send(requestOf({ event: 'push', body: large, signature }))).toMatchObject({ statusCode: 413 });
  });

  test('of just 4 MiB is taken', async () => {
    const { send } = createSubject();
    const text = JSON.stringify(push()).padEnd(4 * 1024 * 1024, ' ');
    expect(await send(await signed('push', text))).toMatchObject({ statusCode: 202 });
  });

  test.each([
    ['abc', 'line 1, column 1'],
    ['{"a":1,}', 'line 1, column 8'],
    ['[1,\n  2,\n]', 'line 3, column 1'],
    ['{"ref":"refs/heads/main",\n "after":nix}', 'line 2, column 11'],
    ['{"ref": "refs', 'line 1, column 14'],
    ['{"a":1} {', 'line 1, column 9'],
    [`[${'1,'.repeat(1000)}x]`, 'line 1, column 2002'],
    ['{"a":[1,2', 'line 1, column 10'],
    [' ', 'line 1, column 2'],
  ])('that is not JSON is refused with the place: %j', async (text, place) => {
    const { send } = createSubject();
    const error = `The payload is not JSON: ${place}.`;
    expect(await send(await signed('push', text))).toMatchObject({ statusCode: 400, body: JSON.stringify({ error }) });
  });

  test('that is not of its event is refused with the field', async () => {
    const { send, published } = createSubject();
    const response = await send(await signed('push', push({ after: 'main', commits: [{ id: 1 }] })));
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('after: is not a full git commit id; commits[0].id: ');
    expect(published).toEqual([]);
  });

  test.each([
    ['no event', { headers: { 'x-github-event': '' } }, 'X-GitHub-Event'],
    ['an event that is no name', { headers: { 'x-github-event': 'push\n' } }, 'X-GitHub-Event'],
    ['another content type', { contentType: 'text/plain' }, 'Content-Type'],
    ['a form without its payload', { contentType: 'application/x-www-form-urlencoded' }, 'payload'],
  ])('with %s is refused', async (_, parts, reason) => {
    const { send } = createSubject();
    const response = await send(await signed('push', 'a=1', parts));
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain(reason);
  });

  test('without the header of its event is refused', async () => {
    const { send } = createSubject();
    const request = await signed('push', push());
    delete request.headers['x-github-event'];
    expect(await send(request)).toMatchObject({
      statusCode: 400,
      body: JSON.stringify({ error: 'X-GitHub-Event is missing.' }),
    });
  });
});

describe('the log', () => {
  test('holds no secret, no signature and nothing of a body, whatever happens', async () => {
    const { send, log } = createSubject();
    const marker = 'marker-in-the-body';
    const payloads = [
      push({ ref: `refs/heads/${marker}` }),
      push({ after: marker }),
      `{"a":${marker}}`,
      `{"${marker}":`,
    ];
    const requests = [
      ...(await Promise.all(payloads.map((payload) => signed('push', payload)))),
      await signed('pull_request', { action: `${marker} ` }),
      await signed('issues', { action: `${marker} ` }),
      await signed('push', push({ ref: marker }), { by: 'another-secret' }),
      await signed('push', push({ ref: marker }), { signature: marker }),
      await signed('push', marker, { contentType: 'text/plain' }),
    ];
    for (const request of requests) await send(request);
    const logged = log.join('');
    expect(logged).toContain('DONE');
    expect(logged).toContain('REJECTED');
    for (const request of requests) expect(logged).not.toContain(request.headers['x-hub-signature-256']);
    for (const hidden of [secret, previousSecret, 'another-secret', marker]) expect(logged).not.toContain(hidden);
  });
});
