import { afterEach, describe, expect, test, vi } from 'vitest';
import { createArgoCd } from '#functions/argocd-sync/argocd.ts';
import type { Push } from '#functions/argocd-sync/push.ts';
import { createWorld, registry, repoUrl, values, webhookSecret } from './world.ts';

type World = Awaited<ReturnType<typeof createWorld>>;

let world: World;
afterEach(() => world.close());

const push: Push = {
  ref: 'refs/heads/main',
  after: '0'.repeat(40),
  repository: {
    name: 'gitops',
    full_name: 'acme/gitops',
    html_url: 'https://github.com/acme/gitops',
    default_branch: 'main',
  },
  commits: [],
};

const tell = (told: Push = push) =>
  createArgoCd(async () => webhookSecret, '/fairlead/dev').push(
    { name: 'eu', url: world.argocd.url },
    told,
    AbortSignal.timeout(5000),
  );

const stateOf = (name = 'checkout-staging') => {
  const found = world.argocd.applications().find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

const told = (): unknown[] => world.receiver.received.map(({ body }) => body);

describe('a push that Argo CD is told of', () => {
  test('is synced, rolled out, and notified step by step', async () => {
    world = await createWorld();
    const revision = await world.commitTag('main-2');
    await tell();
    await world.argocd.idle();

    expect(world.steps.map(({ step }) => step)).toEqual(['refreshed', 'syncing', 'synced', 'healthy']);
    expect(stateOf().status).toMatchObject({
      sync: { status: 'Synced', revision },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded', syncResult: { revision } },
      summary: { images: [`${registry}/checkout:main-2`] },
    });
    expect(told().at(-1)).toMatchObject({
      version: 1,
      application: { name: 'checkout-staging', namespace: 'argocd', project: 'default', deletionTimestamp: null },
      source: { repoURL: repoUrl, path: 'apps/checkout/overlays/staging', targetRevision: 'main' },
      sync: { status: 'Synced', revision, revisions: null },
      health: { status: 'Healthy' },
      operation: { phase: 'Succeeded', revision, asked: revision },
      images: [`${registry}/checkout:main-1`, `${registry}/checkout:main-2`],
    });
    expect(world.receiver.received[0]?.headers).toMatchObject({ authorization: 'Bearer argocd-token' });
  });

  test('is nothing to an Argo CD that is not told of it', async () => {
    world = await createWorld();
    await world.commitTag('main-2');
    world.argocd.resync();
    await world.argocd.idle();
    expect(stateOf().status.summary.images).toEqual([`${registry}/checkout:main-1`]);
    expect(told()).toEqual([]);
  });

  test('becomes one sync to the newest commit when several are told at once', async () => {
    world = await createWorld();
    await world.commitTag('main-2');
    await tell();
    const revision = await world.commitTag('main-3');
    await Promise.all([tell(), tell(), tell()]);
    await world.argocd.idle();
    expect(stateOf().status).toMatchObject({ sync: { status: 'Synced', revision }, health: { status: 'Healthy' } });
    expect(world.steps.filter(({ step }) => step === 'syncing').length).toBeLessThanOrEqual(2);
  });

  test('that Argo CD cannot verify is answered 400, and what to do is said', async () => {
    world = await createWorld({ webhookSecret: 'another' });
    await expect(tell()).rejects.toThrow(
      'Argo CD eu answered 400 (Webhook processing failed: HMAC verification failed). Its secret and ours seem to differ: ' +
        'webhook.github.secret in its argocd-secret must be the value of /fairlead/dev/argocd/eu/webhook-secret in SSM.',
    );
  });

  test('leaves an application alone whose manual sync waits for a person', async () => {
    world = await createWorld({
      applications: [
        {
          name: 'manual',
          repoUrl,
          branch: 'main',
          place: { path: 'apps/checkout/overlays/staging' },
          automated: false,
        },
      ],
    });
    await world.commitTag('main-2');
    await tell();
    await world.argocd.idle();
    expect(stateOf('manual').status).toMatchObject({
      sync: { status: 'OutOfSync' },
      summary: { images: [`${registry}/checkout:main-1`] },
    });
  });
});

describe('an umbrella', () => {
  test('shows the images of all its services', async () => {
    world = await createWorld({
      applications: [{ name: 'platform', repoUrl, branch: 'main', place: { file: 'platform/values.yaml' } }],
    });
    await world.gitops.commit({
      files: {
        'platform/values.yaml': `${values({ ledger: 'main-2' })}billing:\n  image: ${registry}/billing@sha256:${'a'.repeat(64)}\n`,
      },
      message: 'two',
    });
    await tell();
    await world.argocd.idle();
    expect(stateOf('platform').status.summary.images).toEqual([
      `${registry}/billing@sha256:${'a'.repeat(64)}`,
      `${registry}/ledger:main-2`,
    ]);
  });
});

describe('what goes wrong', () => {
  test('a bad image degrades, with the old pods still there, and the next one recovers', async () => {
    world = await createWorld({
      health: (_, images) => (images.some((image) => image.endsWith('bad')) ? 'Degraded' : 'Healthy'),
    });
    await world.commitTag('bad');
    await tell();
    await world.argocd.idle();
    expect(told().at(-1)).toMatchObject({
      health: { status: 'Degraded' },
      images: [`${registry}/checkout:bad`, `${registry}/checkout:main-1`],
    });
    await world.commitTag('good');
    await tell();
    await world.argocd.idle();
    expect(told().at(-1)).toMatchObject({ health: { status: 'Healthy' } });
  });

  test('a sync that fails is told, and not tried again', async () => {
    world = await createWorld({ faults: { sync: () => 'one or more objects failed to apply: "<&>" is invalid' } });
    await world.commitTag('main-2');
    await tell();
    await world.argocd.idle();
    await tell();
    await world.argocd.idle();
    expect(world.steps.map(({ step }) => step)).toEqual(['refreshed', 'syncing', 'sync-failed', 'refreshed']);
    expect(told().at(-1)).toMatchObject({
      operation: { phase: 'Failed', message: 'one or more objects failed to apply: "<&>" is invalid' },
    });
  });

  test('manifests that cannot be read leave the sync status unknown', async () => {
    world = await createWorld();
    await world.gitops.commit({
      files: { 'apps/checkout/overlays/staging/kustomization.yaml': null },
      message: 'gone',
    });
    await tell();
    await world.argocd.idle();
    expect(stateOf().status.sync.status).toBe('Unknown');
  });

  test('the same revision that degrades and recovers twice is told of each time', async () => {
    world = await createWorld();
    const healths: string[] = [];
    for (const health of ['Degraded', 'Healthy', 'Degraded', 'Healthy'] as const) {
      world.argocd.setHealth('checkout-staging', health);
      await world.argocd.idle();
      healths.push(JSON.stringify(told().at(-1)));
    }
    expect(healths.map((body) => JSON.parse(body).health.status)).toEqual([
      'Degraded',
      'Healthy',
      'Degraded',
      'Healthy',
    ]);
  });

  test('an application that is deleted says so', async () => {
    world = await createWorld();
    world.argocd.remove('checkout-staging');
    await world.argocd.idle();
    expect(told().at(-1)).toMatchObject({ application: { deletionTimestamp: expect.stringMatching(/^\d{4}-/) } });
  });
});

describe('notifications', () => {
  test('are retried on 5xx, and each minute until they are taken', async () => {
    world = await createWorld();
    world.receiver.answer(500, 503, 500, 500); // the first try and three retries
    world.argocd.setHealth('checkout-staging', 'Degraded');
    await world.argocd.idle();
    const before = told().length;
    world.argocd.resync();
    await world.argocd.idle();
    expect(told().length).toBe(before + 1);
    world.argocd.resync();
    await world.argocd.idle();
    expect(told().length).toBe(before + 1);
  });

  test('are not retried at once when they are refused', async () => {
    world = await createWorld();
    world.receiver.answer(401, 401);
    world.argocd.setHealth('checkout-staging', 'Degraded');
    await world.argocd.idle();
    expect(told().length).toBe(2); // both conditions, once each
  });

  test('may be lost, sent twice, and overtaken', async () => {
    let sent = 0;
    world = await createWorld({
      faults: {
        notification: ({ number }) => {
          sent = number;
          if (number === 1) return { kind: 'late', milliseconds: 200 };
          return number === 2 ? { kind: 'lost' } : { kind: 'twice' };
        },
      },
    });
    world.argocd.setHealth('checkout-staging', 'Degraded', 'first');
    await vi.waitFor(() => expect(sent).toBe(2));
    world.argocd.setHealth('checkout-staging', 'Healthy', 'second');
    await world.argocd.idle();
    const messages = world.receiver.received.map(({ body }) => JSON.parse(JSON.stringify(body)).health.message);
    expect(messages).toEqual(['second', 'second', 'first']);
  });

  test('are refused at the start where the ConfigMap says what the stand-in does not know', async () => {
    world = await createWorld();
    const configMap = `kind: ConfigMap\nmetadata: { name: argocd-notifications-cm }\ndata:\n  subscriptions: "[]"\n`;
    await expect(createWorld({ notifications: { configMap, url: 'http://127.0.0.1:1', token: 't' } })).rejects.toThrow(
      'subscriptions in argocd-notifications-cm is not known here',
    );
  });
});
