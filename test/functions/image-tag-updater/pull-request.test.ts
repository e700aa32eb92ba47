import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { imageCommitted, imageOffered, imageRefused } from '#events/images.ts';
import { translate } from '#functions/github-webhook/translate.ts';
import { createPulls } from '#functions/image-tag-updater/github/pulls.ts';
import { createHandler } from '#functions/image-tag-updater/handler.ts';
import { createOffering } from '#functions/image-tag-updater/offering.ts';
import { pullPayload } from '#local/standins/github/api/pulls.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { configured } from '../configured.ts';
import { imageOf } from '../rollback-trigger/deployment.ts';
import { context, runtimeOf } from '../rollback-trigger/runtime.ts';
import { openGithub } from './github.ts';
import { batchOf, manifest, wish } from './gitops.ts';

let world: Awaited<ReturnType<typeof openGithub>>;
beforeAll(async () => {
  world = await openGithub();
});
afterEach(() => world.fail(undefined));
afterAll(() => world.end());

const htmlUrl = 'https://github.com/acme/gitops';

/** The function in front of the stand-in, in an environment that takes pull requests. */
const open = (beforeOffer = async (): Promise<void> => undefined) => {
  const config = configured({
    checkout: {
      team: 'pay',
      images: { app: imageOf(0).repository },
      environments: { staging: { path: 'apps/checkout', strategy: 'pull-request', mode: 'write' } },
    },
  });
  const { main } = config.gitops;
  if (main === undefined) throw new Error('no repository');
  const gitops = { ...main, repository: `${htmlUrl}.git` };
  const { PATH } = process.env;
  const writer = createWriter({ directory: join(world.folder, 'warm'), environment: { PATH } });
  const access = async () => ({ name: 'main', url: world.gitops.url, branch: 'main', token: 'ghp_token' });
  const published: AnyEvent[] = [];
  const returned: string[] = [];
  const handler = createHandler({
    runtime: runtimeOf('image-tag-updater', async (events) => void published.push(...events)),
    config: async () => ({ ...config, gitops: { main: gitops } }),
    stage: 'dev',
    returnAfter: async ({ receiptHandle }) => void returned.push(receiptHandle),
    setAside: async (_, reason) => Promise.reject(reason),
    write: async () => Promise.reject(new Error('fake: nothing is pushed to the branch')),
    offer: createOffering({
      access,
      writer: {
        offer: async (...asked) => {
          await beforeOffer();
          return writer.offer(...asked);
        },
      },
      pulls: (where, token) => createPulls({ ...where, api: world.github.api }, token),
    }),
    brought: async (_, { place, span }, signal) => writer.brought(await access(), place, span, signal),
  });
  return async (...events: readonly AnyEvent[]): Promise<AnyEvent[]> => {
    published.length = 0;
    await handler(batchOf(...events), context);
    published.forEach(expectValidCdevent);
    return [...published];
  };
};

const pulls = () => world.github.pulls('acme/gitops');
const latest = () => {
  const pull = pulls().at(-1);
  if (pull === undefined) throw new Error('no pull request');
  return pull;
};

/** What GitHub's webhook of its end comes to. */
const ended = (): AnyEvent => {
  const facts = { htmlUrl, createdAt: 0, fullName: 'acme/gitops', defaultBranch: 'main', pushedAt: 0 };
  const [event] = translate('pull_request', pullPayload('closed', latest(), facts, 'ada')).events;
  if (event === undefined) throw new Error('nothing is told of it');
  return event;
};

const act = async (path: string, method: string, body: object): Promise<void> => {
  const response = await fetch(`${world.github.api}/repos/acme/gitops/pulls/${latest().number}${path}`, {
    method,
    headers: { authorization: 'Bearer ghp_token' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
};

const codes = (events: readonly AnyEvent[]) =>
  events.map((event) => (imageRefused.is(event) ? event.data.subject.content.code : event.type.split('.')[3]));

describe('an environment that takes pull requests', () => {
  test('has one, which newer images change in place, until a person merges it', async () => {
    const take = open();
    const [offered] = await take(wish(1));
    expect(offered && imageOffered.is(offered) && offered.data.subject.content).toMatchObject({
      image: imageOf(1),
      gitops: {
        name: 'main',
        files: [manifest('checkout')],
        revision: await world.gitops.head('fairlead/checkout/staging'),
      },
      pullRequest: { number: 1, url: `${htmlUrl}/pull/1` },
    });
    expect(latest()).toMatchObject({ title: 'checkout: staging to main-1', state: 'open', base: 'main' });
    expect(latest().body).toMatch(/Merging this deploys it to staging[\s\S]+\n\nFairlead-Event: \S+\nFairlead-Chain: /);

    const again = await take(wish(1));
    expect(again).toEqual([offered]);

    const newer = await take(wish(2));
    expect(codes(newer)).toEqual(['offered', 'not-newer']);
    expect(newer[1]).toMatchObject({
      data: { context: { links: [{ from: { contextId: wish(1).id } }], chainId: wish(1).data.context.chainId } },
    });
    expect(pulls()).toHaveLength(1);
    expect(latest().title).toBe('checkout: staging to main-2');

    await act('/merge', 'PUT', { merge_method: 'squash' });
    const merged = await take(ended());
    expect(merged).toMatchObject([
      {
        type: imageCommitted.type,
        service: 'checkout',
        environment: 'staging',
        team: 'pay',
        data: {
          context: { chainId: wish(2).data.context.chainId, links: [{ from: { contextId: wish(2).id } }] },
          subject: {
            content: {
              ...{
                image: imageOf(2),
                order: { time: wish(2).data.subject.content.order.time },
                reason: 'published',
                changed: true,
              },
              gitops: { revision: await world.gitops.head() },
              previous: { tag: 'main-0' },
            },
          },
          customData: { actor: { name: 'ada', by: 'github' }, diff: expect.stringContaining('+    newTag: main-2') },
        },
      },
    ]);
    // Whoever hears of it first: the request that comes again says the same.
    expect((await take(wish(2))).map(({ id }) => id)).toEqual(merged.map(({ id }) => id));
  });

  test('goes on with another one after the merge, and is told of a no', async () => {
    const take = open();
    expect(codes(await take(wish(3)))).toEqual(['offered']);
    expect(latest().number).toBe(2);
    await act('', 'PATCH', { state: 'closed' });
    const refused = await take(ended());
    expect(codes(refused)).toEqual(['closed']);
    expect(refused).toMatchObject([
      {
        data: {
          context: { links: [{ from: { contextId: wish(3).id } }] },
          subject: { content: { message: expect.stringContaining('ada closed pull request #2 without a merge') } },
        },
      },
    ]);
  });

  test('says of a rollback that it must not wait', async () => {
    const take = open();
    const [offered] = await take(wish(1, { reason: 'rollback', instead: 2 }));
    expect(offered?.type).toBe(imageOffered.type);
    expect(latest().title).toBe('Urgent: checkout: roll staging back to main-1 (was main-2)');
    expect(latest().body).toContain('**This is a rollback.** What runs in staging now is bad');
    await act('', 'PATCH', { state: 'closed' });
  });
});

describe('GitHub that is not well', () => {
  test('loses the answer to a new pull request, and still has one', async () => {
    const take = open();
    world.fail(({ method, path }) =>
      method === 'POST' && path.endsWith('/pulls') && pulls().at(-1)?.state === 'closed' ? 'answer-lost' : undefined,
    );
    expect(codes(await take(wish(5)))).toEqual(['offered']);
    expect(pulls().filter(({ state }) => state === 'open')).toHaveLength(1);
  });

  test('limits, or breaks, for a moment', async () => {
    const take = open();
    let calls = 0;
    world.fail(() => {
      calls += 1;
      if (calls === 1) return { status: 502 };
      return calls === 3 ? { status: 403, headers: { 'retry-after': '0' } } : undefined;
    });
    expect(codes(await take(wish(6)))).toEqual(['offered', 'not-newer']);
    expect(latest().title).toBe('checkout: staging to main-6');
  });

  test('shows a pull request that is merged before its branch is pushed to: the image comes in a new one', async () => {
    let merged = false;
    const take = open(async () => {
      if (!merged) await act('/merge', 'PUT', {});
      merged = true;
    });
    const before = latest().number;
    expect(codes(await take(wish(7)))).toEqual(['offered']);
    expect(latest()).toMatchObject({ number: before + 1, state: 'open', title: 'checkout: staging to main-7' });
    expect(pulls().at(-2)?.merged).toBeDefined();
  });
});
