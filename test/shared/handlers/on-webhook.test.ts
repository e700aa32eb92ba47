import { createHash, randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { InvalidInput, SecretMissing, Unauthenticated, Upstream } from '#shared/handlers/errors.ts';
import { onWebhook, type Webhook } from '#shared/handlers/on-webhook.ts';
import { emit, type Handled, skip } from '#shared/handlers/outcome.ts';
import { push } from '../../events/examples.ts';
import { fakeContext, useWorld } from './world.ts';

const world = useWorld();

const secret = 'whsec-94cb1f';
const bodyWord = 'confidential-roadmap';

const request = (body: string | undefined, more: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: 'POST /webhooks/fake',
  rawPath: '/webhooks/fake',
  rawQueryString: '',
  headers: { 'x-signature': secret, 'content-type': 'application/json' },
  requestContext: {
    accountId: '111122223333',
    apiId: 'fake',
    domainName: 'fake.example',
    domainPrefix: 'fake',
    http: { method: 'POST', path: '/webhooks/fake', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'fake' },
    requestId: 'fake',
    routeKey: 'POST /webhooks/fake',
    stage: '$default',
    time: '23/Nov/2026:09:30:00 +0000',
    timeEpoch: 0,
  },
  isBase64Encoded: false,
  ...(body !== undefined && { body }),
  ...more,
});

const untouched = (): never => {
  throw new Error('fake: not to be called');
};

const trusting: Webhook<unknown> = {
  mostBytes: 1000,
  verify: async () => undefined,
  parse: ({ body }) => JSON.parse(body.toString('utf8')),
};

const post = async (
  event: APIGatewayProxyEventV2,
  webhook: Partial<Webhook<unknown>> = {},
  handle: (payload: unknown, signal: AbortSignal) => Handled = untouched,
) => {
  const { statusCode, headers, body } = await onWebhook(
    world.runtime(),
    { ...trusting, ...webhook },
    handle,
  )(event, fakeContext());
  return { statusCode, headers, body: JSON.parse(body ?? '') };
};

describe('a webhook is answered', () => {
  test('202 with the ids of what was published', async () => {
    const answer = await post(request('{"n":1}'), {}, async (payload) => {
      expect(payload).toEqual({ n: 1 });
      return emit(push);
    });
    expect(answer).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json' },
      body: { published: [push.id] },
    });
    expect(world.bus.published()).toEqual([push.id]);
  });

  test('202 with the reason for which nothing was done, which is logged and counted', async () => {
    const answer = await post(request('{}'), {}, async () => skip('a ping'));
    expect(answer).toMatchObject({ statusCode: 202, body: { published: [], skipped: 'a ping' } });
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'SKIPPED', reason: 'a ping' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ Skipped: 1 }));
  });

  test('401 and no more, where the signature is wrong: nothing is parsed, and nothing published', async () => {
    const verify = async () => {
      throw new Unauthenticated('signed with a secret of last year');
    };
    const answer = await post(request('{}'), { verify, parse: untouched });
    expect(answer).toMatchObject({ statusCode: 401, body: { error: 'unauthenticated' } });
    expect(world.bus.requests).toEqual([]);
    expect(world.lines()).toContainEqual(expect.objectContaining({ Rejected: 1, Unauthenticated: 1 }));
  });

  test('503 where a secret is not set, which is counted: an alarm stands on it', async () => {
    const verify = async () => {
      throw new Upstream('nobody can be verified', { cause: new SecretMissing('The secret /a is not set: …') });
    };
    expect(await post(request('{}'), { verify, parse: untouched })).toMatchObject({ statusCode: 503 });
    expect(world.lines()).toContainEqual(expect.objectContaining({ Failed: 1, SecretMissing: 1 }));
  });

  test('400 with what is wrong, where the payload cannot be read', async () => {
    const parse = () => {
      throw new InvalidInput('line 1: a comma is missing');
    };
    const answer = await post(request('{'), { parse });
    expect(answer).toMatchObject({ statusCode: 400, body: { error: 'line 1: a comma is missing' } });
  });

  test('413 where it is too large, by its bytes and before anything is verified', async () => {
    const refused = { mostBytes: 10, verify: untouched, parse: untouched };
    const large = [
      request('x'.repeat(11)),
      request('€'.repeat(4)),
      request(Buffer.alloc(11).toString('base64'), { isBase64Encoded: true }),
    ];
    for (const event of large) expect(await post(event, refused)).toMatchObject({ statusCode: 413 });
    const answer = await post(request('"12345678"'), { mostBytes: 10 }, async () => skip('it fits'));
    expect(answer.statusCode).toBe(202);
  });

  test('503 and when to come again, where something that it needs is away', async () => {
    const answer = await post(request('{}'), {}, async () => {
      throw new Upstream('SSM does not answer');
    });
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' }, body: { error: 'try again' } });
    const unverified = await post(request('{}'), {
      verify: async () => {
        throw new Upstream('The secret is not set');
      },
      parse: untouched,
    });
    expect(unverified.statusCode).toBe(503);
  });

  test('503 where the bus refuses the events, or is away', async () => {
    world.bus.respondWith(() => ['InternalFailure']);
    expect(await post(request('{}'), {}, async () => emit(push))).toMatchObject({ statusCode: 503 });
    world.bus.respondWith(() => ({ status: 500, type: 'InternalException' }));
    expect(await post(request('{}'), {}, async () => emit(push))).toMatchObject({ statusCode: 503 });
  });

  test('500 without a word about it, where there is a bug, which is logged and counted', async () => {
    const answer = await post(request('{}'), {}, async () => {
      throw new TypeError('Cannot read properties of undefined');
    });
    expect(answer).toEqual({
      statusCode: 500,
      headers: { 'content-type': 'application/json' },
      body: { error: 'internal' },
    });
    expect(world.lines()).toContainEqual(expect.objectContaining({ message: 'FAILED' }));
    expect(world.lines()).toContainEqual(expect.objectContaining({ Failed: 1 }));
  });
});

describe('what is verified', () => {
  const seen = async (event: APIGatewayProxyEventV2) => {
    let request: Parameters<Webhook<unknown>['verify']>[0] | undefined;
    await post(
      event,
      {
        verify: async (received) => {
          request = received;
        },
        parse: () => undefined,
      },
      async () => skip('seen'),
    );
    return request!;
  };

  test('are the raw bytes, also of a body that comes in base64', async () => {
    const bytes = Buffer.from([0, 0xff, 0xc3, 0x28, 0x0a]);
    const { body } = await seen(request(bytes.toString('base64'), { isBase64Encoded: true }));
    expect(body.equals(bytes)).toBe(true);
    const text = '{"name":"Zoë ✓"}\r\n';
    const sha = (value: Buffer | string) => createHash('sha256').update(value).digest('hex');
    expect(sha((await seen(request(text))).body)).toBe(sha(text));
    expect(sha((await seen(request(Buffer.from(text).toString('base64'), { isBase64Encoded: true }))).body)).toBe(
      sha(text),
    );
  });

  test('is nothing where no body was sent', async () => {
    expect((await seen(request(undefined))).body).toHaveLength(0);
  });

  test('comes with headers and the parameters of the path', async () => {
    const { headers, path } = await seen(request('{}', { pathParameters: { instance: 'eu' } }));
    expect(headers['x-signature']).toBe(secret);
    expect(path).toEqual({ instance: 'eu' });
  });
});

describe('a log', () => {
  test('holds nothing of a body, a signature or a secret, whatever becomes of the request', async () => {
    const body = JSON.stringify({ title: bodyWord });
    const throwing = (error: Error) => async () => {
      throw error;
    };
    await post(request(body), {}, async () => skip('seen'));
    await post(request(body), {}, async () => emit(push));
    await post(request(body), { verify: throwing(new Unauthenticated('the signature is wrong')) });
    await post(request(body), {}, throwing(new Upstream('away')));
    await post(request(body), {}, throwing(new Error('a bug')));
    await post(request(body), { mostBytes: 3 });
    expect(world.lines().length).toBeGreaterThan(6);
    expect(world.logged()).not.toContain(bodyWord);
    expect(world.logged()).not.toContain(Buffer.from(body).toString('base64'));
    expect(world.logged()).not.toContain(secret);
  });
});

test('the same delivery again publishes the same events again, which everyone downstream recognises', async () => {
  const handler = onWebhook(world.runtime(`fake-${randomUUID()}`), trusting, async () => emit(push));
  await handler(request('{}'), fakeContext());
  await handler(request('{}'), fakeContext());
  expect(world.bus.published()).toEqual([push.id, push.id]);
});
