import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { createArgoCd } from '#functions/argocd-sync/argocd.ts';
import { createHandler } from '#functions/argocd-sync/handler.ts';
import type { Config } from '#shared/config/config.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { createWorld as createArgocdWorld, webhookSecret } from '../../local/standins/argocd/world.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { commitOf, configOf } from '../argocd-webhook/world.ts';

const world = useWorld();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const createStandin = async (options: Parameters<typeof createArgocdWorld>[0] = {}) => {
  const standin = await createArgocdWorld(options);
  closers.push(standin.close);
  return standin;
};

const published = (): AnyEvent[] => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

/** The real handler, told where the instances are. */
const handlerFor = (
  urls: Readonly<Record<string, string>>,
  applications: readonly string[],
  change?: Partial<Config>,
) =>
  createHandler({
    runtime: world.runtime(),
    config: async () => ({
      ...configOf({ checkout: applications }),
      argocd: Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { name, url }])),
      ...change,
    }),
    argocd: createArgoCd(async (path) => {
      if (!/^argocd\/(eu|us)\/webhook-secret$/.test(path)) throw new Error(`fake: no secret ${path}`);
      return webhookSecret;
    }, '/fairlead/dev'),
  });

const onBus = (detail: AnyEvent) => ({ version: '0', 'detail-type': 'dev.cdeventsx.fairlead-image.committed', detail });

describe('Argo CD is told of a commit', () => {
  test('and refreshes, syncs and notifies', async () => {
    const { argocd, commitTag, steps } = await createStandin();
    const revision = await commitTag('main-2');
    const commit = commitOf({ revision });
    const handle = handlerFor({ eu: `${argocd.url}/` }, ['eu/checkout-staging']);
    await handle(onBus(commit), fakeContext());
    await argocd.idle();

    expect(steps.map(({ step }) => step)).toEqual(['refreshed', 'syncing', 'synced', 'healthy']);
    expect(published()).toMatchObject([
      {
        type: 'dev.cdeventsx.fairlead-sync.requested.0.1.0',
        subject: 'checkout/staging',
        time: commit.time,
        data: {
          context: { chainId: commit.data.context.chainId, links: [{ from: { contextId: commit.id } }] },
          subject: { content: { argocd: 'eu', applications: ['eu/checkout-staging'], revision } },
        },
      },
    ]);
    for (const event of published()) expectValidCdevent(event);
  });

  test('when nothing changed in Git, too: the asking before may have been lost', async () => {
    const { argocd, steps } = await createStandin();
    await handlerFor({ eu: argocd.url }, ['eu/checkout-staging'])(onBus(commitOf({ changed: false })), fakeContext());
    await argocd.idle();
    expect(steps.map(({ step }) => step)).toEqual(['refreshed']);
    expect(published()).toHaveLength(1);
  });

  test('on every instance that serves the environment, each once', async () => {
    const [eu, us] = [await createStandin(), await createStandin()];
    const handle = handlerFor({ eu: eu.argocd.url, us: us.argocd.url }, ['eu/a', 'us/a', 'eu/b']);
    await handle(onBus(commitOf()), fakeContext());
    expect(published().map(({ data }) => data.subject.content)).toMatchObject([
      { argocd: 'eu', applications: ['eu/a', 'eu/b'] },
      { argocd: 'us', applications: ['us/a'] },
    ]);
    expect(new Set(published().map(({ id }) => id)).size).toBe(2);
  });

  test('by the sample', async () => {
    const { argocd } = await createStandin();
    const sample = JSON.parse(
      readFileSync(new URL('../../../events/samples/argocd-sync.json', import.meta.url), 'utf8'),
    );
    await handlerFor({ eu: argocd.url }, ['eu/checkout-staging'])(sample, fakeContext());
    expect(published()).toHaveLength(1);
  });
});

describe('when it cannot be told', () => {
  test('an instance that is away is tried again, and the other one is told', async () => {
    const us = await createStandin();
    const handle = handlerFor({ eu: 'http://127.0.0.1:1', us: us.argocd.url }, ['eu/a', 'us/a']);
    await expect(handle(onBus(commitOf()), fakeContext())).rejects.toThrow('Argo CD eu did not answer');
    expect(published()).toMatchObject([{ data: { subject: { content: { argocd: 'us' } } } }]);
  });

  test.each([
    [503, 'It is asked again.'],
    [404, 'with nothing in front that wants a login?'],
    [307, 'Set argocd.eu.url to where it redirects to.'],
    [413, 'Raise webhook.maxPayloadSizeMB'],
  ])('%i is told with what to do', async (status, advice) => {
    const { argocd } = await createStandin({ faults: { webhook: () => status } });
    const handle = handlerFor({ eu: argocd.url }, ['eu/checkout-staging']);
    await expect(handle(onBus(commitOf()), fakeContext())).rejects.toThrow(advice);
    expect(published()).toEqual([]);
  });

  test('another secret names the parameter, and never says a secret', async () => {
    const { argocd } = await createStandin({ webhookSecret: 'another-secret' });
    const handle = handlerFor({ eu: argocd.url }, ['eu/checkout-staging']);
    await expect(handle(onBus(commitOf()), fakeContext())).rejects.toThrow('/fairlead/dev/argocd/eu/webhook-secret');
    expect(world.logged()).not.toContain(webhookSecret);
    expect(world.logged()).not.toContain('another-secret');
  });
});

describe('nobody is told', () => {
  test.each([
    ['without applications', [], {}, 'no application of Argo CD serves checkout in staging'],
    [
      'of a service that is gone',
      ['eu/a'],
      { services: [] },
      'checkout has no environment staging in configuration test',
    ],
    [
      'of a repository that is gone',
      ['eu/a'],
      { gitops: {} },
      'the GitOps repository main is not in configuration test',
    ],
  ])('%s', async (_, applications, change, reason) => {
    const handle = handlerFor({ eu: 'http://127.0.0.1:1' }, applications, change);
    expect(await handle(onBus(commitOf()), fakeContext())).toEqual({ published: [], skipped: reason });
  });
});
