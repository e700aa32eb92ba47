import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { createArgoCd } from '#functions/argocd-sync/argocd.ts';
import { pushOf } from '#functions/argocd-sync/push.ts';
import type { Commit } from '#functions/argocd-webhook/evidence.ts';
import { createHandler } from '#functions/argocd-webhook/handler.ts';
import { createWorld, repoUrl, token, webhookSecret } from '../../local/standins/argocd/world.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { commitOf, configOf, createFakeRecords } from './world.ts';

const world = useWorld();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const published = (): AnyEvent[] => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

const answerSchema = z.object({ statusCode: z.int() });

/** The real handler, behind a server that speaks to it as API Gateway does. */
const serveHandler = async () => {
  const handle = createHandler({
    runtime: world.runtime(),
    config: async () => configOf({ checkout: ['eu/checkout-staging'] }),
    readTokens: async () => [token],
    records: createFakeRecords(),
  });
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const requestContext = { http: { method: request.method } };
    const pathParameters = { name: request.url?.split('/').at(-1) };
    void buffer(request).then(async (body) => {
      const event = { headers: request.headers, pathParameters, requestContext, body: body.toString('utf8') };
      const answer = answerSchema.parse(await handle(event, fakeContext()));
      answers.push(answer.statusCode);
      response.writeHead(answer.statusCode).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const takeCommit = (commit: Commit) =>
    handle({ 'detail-type': 'dev.cdeventsx.fairlead-image.committed', detail: commit }, fakeContext());
  return { url: `http://127.0.0.1:${address.port}/webhooks/argocd/eu`, answers, takeCommit };
};

const start = async (options: Parameters<typeof createWorld>[0] = {}) => {
  const handler = await serveHandler();
  const standin = await createWorld(options);
  closers.push(standin.close);
  standin.argocd.setNotifications(handler.url);
  const argocd = createArgoCd(async () => webhookSecret, '/fairlead/dev');
  const push = async (tag: string): Promise<Commit> => {
    const revision = await standin.commitTag(tag);
    const seconds = Math.floor(Date.now() / 1000) - Date.parse('2026-07-01T09:00:00Z') / 1000;
    const commit = commitOf({ tag, revision, seconds });
    const instance = { name: 'eu', url: standin.argocd.url };
    await argocd.push(instance, pushOf(commit, { repository: repoUrl, branch: 'main' }), AbortSignal.timeout(5000));
    await standin.argocd.idle();
    return commit;
  };
  return { ...handler, standin, push };
};

const told = (): string[] => published().map(({ type }) => type.split('.').slice(2, 4).join('.'));

describe('what the stand-in of Argo CD sends by the shipped ConfigMap', () => {
  test('makes a deployment when the commit comes last', async () => {
    const { push, takeCommit, answers } = await start();
    const commit = await push('main-2');
    expect(told()).toEqual([]);
    expect(new Set(answers)).toEqual(new Set([202]));
    await takeCommit(commit);
    expect(told()).toEqual(['pipelinerun.started', 'pipelinerun.finished', 'service.upgraded']);
  });

  test('makes the same when all of it is late and comes twice', async () => {
    const { push, takeCommit } = await start({
      faults: {
        notification: ({ number }) => (number % 2 ? { kind: 'late', milliseconds: 150 } : { kind: 'twice' }),
      },
    });
    await takeCommit(await push('main-2'));
    expect([...new Set(told())].sort()).toEqual(['pipelinerun.finished', 'pipelinerun.started', 'service.upgraded']);
  });

  test('makes an incident of an image that degrades, and resolves it with the next one', async () => {
    const { push, takeCommit } = await start({
      health: (_, images) => (images.some((image) => image.endsWith('bad')) ? 'Degraded' : 'Healthy'),
    });
    const bad = await push('bad');
    await takeCommit(bad);
    expect(told()).toContain('incident.detected');
    expect(told()).not.toContain('service.upgraded');
    await takeCommit(await push('good'));
    expect(told()).toEqual(expect.arrayContaining(['incident.resolved', 'service.upgraded']));
    const resolved = published().find(({ type }) => type.includes('incident.resolved'));
    expect(resolved?.data.context.chainId).toBe(bad.data.context.chainId);
  });
});
