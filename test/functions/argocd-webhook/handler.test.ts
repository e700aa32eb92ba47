import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { createHandler } from '#functions/argocd-webhook/handler.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configOf, createFakeRecords } from './world.ts';

const world = useWorld();
const readSample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../events/samples/${name}.json`, import.meta.url), 'utf8'));
const sample: APIGatewayProxyEventV2 = readSample('argocd-webhook');
const published = (): AnyEvent[] => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));
const token = 'what-fairlead-expects-of-argocd';
const applications = { checkout: ['eu/checkout-staging'] };

let handle: ReturnType<typeof createHandler>;
let records: ReturnType<typeof createFakeRecords>;
beforeEach(() => {
  records = createFakeRecords();
  handle = createHandler({
    runtime: world.runtime(),
    config: async () => configOf(applications),
    readTokens: async (instance) => {
      if (instance === 'us') throw new Upstream('fake: SSM is away');
      return [token, 'previous'];
    },
    records,
  });
});

const send = (change: Partial<APIGatewayProxyEventV2> = {}) =>
  handle({ ...sample, ...change, headers: { ...sample.headers, ...change.headers } }, fakeContext());

describe('who may tell', () => {
  test.each([
    ['the current token', `Bearer ${token}`, 202],
    ['the previous token', 'bearer previous', 202],
    ['another token', 'Bearer nope', 401],
    ['no bearer', `Basic ${token}`, 401],
    ['nothing', '', 401],
    ['a secret that was never put in', 'Bearer $fairlead-token', 401],
  ])('%s', async (_, authorization, statusCode) => {
    expect(await send({ headers: { authorization } })).toMatchObject({ statusCode });
  });

  test.each(['asia', 'constructor', '', '__proto__'])(
    'an instance "%s" that we do not have is nobody',
    async (name) => {
      expect(await send({ pathParameters: { name } })).toMatchObject({ statusCode: 401 });
    },
  );

  test('while the tokens cannot be read, the sender is asked to try again', async () => {
    expect(await send({ pathParameters: { name: 'us' } })).toMatchObject({ statusCode: 503 });
  });
});

describe('what is told', () => {
  test.each([
    ['{', 'The body is not JSON.'],
    ['{}', 'This is not what deploy/argocd/notifications.yaml sends'],
    [JSON.stringify({ ...JSON.parse(sample.body ?? ''), version: 2 }), 'version'],
    [JSON.stringify({ ...JSON.parse(sample.body ?? ''), observedAt: 'yesterday' }), 'observedAt'],
  ])('that is malformed is answered 400: %s', async (body, message) => {
    const answer = await send({ body });
    expect(answer).toMatchObject({ statusCode: 400 });
    expect(JSON.stringify(answer)).toContain(message);
  });

  test('over 256 KiB is answered 413', async () => {
    expect(await send({ body: 'x'.repeat(256 * 1024 + 1) })).toMatchObject({ statusCode: 413 });
  });

  test("of nobody's application is taken and skipped", async () => {
    const body = JSON.stringify({
      ...JSON.parse(sample.body ?? ''),
      application: { name: 'stranger', deletionTimestamp: null },
    });
    expect(await send({ body })).toMatchObject({ statusCode: 202 });
    expect(published()).toEqual([]);
  });

  test('joins the commit on the bus, whichever comes first', async () => {
    await handle(readSample('argocd-webhook-committed'), fakeContext());
    expect(await send()).toMatchObject({ statusCode: 202 });
    expect(published().map(({ type }) => type.split('.').slice(2, 4).join('.'))).toEqual([
      'pipelinerun.started',
      'pipelinerun.finished',
      'service.deployed',
    ]);
    for (const event of published()) expectValidCdevent(event);
  });

  test('is kept even when the commit is not known yet', async () => {
    await send();
    expect(await records.observations('eu/checkout-staging', '2026-03-02T09:00:00Z')).toHaveLength(1);
  });

  test('that is neither a request nor a commit is refused', async () => {
    await expect(handle({ 'detail-type': 'x', detail: {} }, fakeContext())).rejects.toThrow('EventBridge event');
  });
});
