import { afterEach, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { holdCommitted, holdRefused } from '#events/holds.ts';
import { imageCommitted, imageRefused } from '#events/images.ts';
import { checkout, configOf, imageOf } from '../rollback-trigger/deployment.ts';
import { hold, manifest, manifestOf, openUpdater, wish } from './gitops.ts';

type Updater = Awaited<ReturnType<typeof openUpdater>>;

let updater: Updater | undefined;

afterEach(async () => {
  await updater?.end();
});

const open = async (targets: readonly string[] = ['app']): Promise<Updater> => {
  updater = await openUpdater(configOf({ checkout: { images: targets } }), targets);
  return updater;
};

/** What was refused, by its code; `committed` or `unchanged` what was not. */
const said = (events: readonly AnyEvent[]): string[] =>
  events.map((event) => {
    if (imageCommitted.is(event) || holdCommitted.is(event))
      return event.data.subject.content.changed ? 'committed' : 'unchanged';
    if (imageRefused.is(event) || holdRefused.is(event)) return event.data.subject.content.code;
    return event.type;
  });

const rollback = wish(1, { reason: 'rollback', instead: 3 });

/** v1 runs, v3 was bad and is rolled back. */
const rolledBack = async (): Promise<Updater> => {
  const updater = await open();
  for (const request of [wish(1), wish(3), rollback]) await updater.take(request);
  return updater;
};

describe('a rollback', () => {
  it('restores the image and holds the bad one in one commit that says so', async () => {
    const updater = await open();
    for (const request of [wish(1), wish(3)]) await updater.take(request);
    const [event] = await updater.take(rollback);
    expect(imageCommitted.schema.parse(event).data.subject.content).toMatchObject({
      reason: 'rollback',
      image: imageOf(1),
      previous: { tag: 'main-3', digest: imageOf(3).digest },
      changed: true,
    });
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 1 }));
    expect(JSON.parse(await updater.read('.fairlead/checkout/staging.lock'))).toMatchObject({
      targets: {
        app: { current: { tag: 'main-1' }, newest: { tag: 'main-3' }, holds: [{ digest: imageOf(3).digest }] },
      },
    });
    const messages = await updater.messages();
    expect(messages.at(-1)).toMatch(/^checkout: roll staging back to main-1 \(was main-3\)\n/);
    expect(messages.at(-1)).toMatch(/\nFairlead-Reason: rollback$/);
    const again = await updater.take(rollback);
    expect(again).toEqual([event]);
    expect(await updater.messages()).toEqual(messages);
  });

  it('is not undone by a late image between, nor by the bad one, whatever it is called and whoever asks', async () => {
    const updater = await rolledBack();
    const before = await updater.subjects();
    expect(said(await updater.take(wish(2)))).toEqual(['not-newer']);
    expect(said(await updater.take(wish(3, { again: 'pushed again' })))).toEqual(['held']);
    expect(said(await updater.take(wish(3, { tag: 'retagged' })))).toEqual(['held']);
    const [refused] = await updater.take(wish(3, { reason: 'request' }));
    expect(imageRefused.schema.parse(refused).data.subject.content).toMatchObject({
      code: 'held',
      message: expect.stringContaining(
        `Release it first. The command: npm run release -- checkout staging --stage dev --image ${imageOf(3).digest}`,
      ),
    });
    expect(await updater.subjects()).toEqual(before);
  });

  it('does nothing where a newer image landed before it, also in the same batch', async () => {
    const updater = await open();
    for (const request of [wish(1), wish(3)]) await updater.take(request);
    expect(said(await updater.take(rollback, wish(4))).toSorted()).toEqual(['committed', 'superseded']);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 4 }));
  });

  it('is of one target, where a service has several in one environment', async () => {
    const updater = await open(['app', 'worker']);
    const worker = { ...checkout, target: 'worker' };
    await updater.take(wish(1), wish(1, { place: worker }));
    await updater.take(wish(3), wish(3, { place: worker }));
    await updater.take(rollback);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 1, worker: 3 }));
    expect(said(await updater.take(wish(3, { again: 'x' }), wish(3, { again: 'x', place: worker })))).toEqual([
      'held',
      'unchanged',
    ]);
  });
});

describe('a hold', () => {
  it('is a commit of the lock alone, and none where it is so already', async () => {
    const updater = await open();
    await updater.take(wish(1));
    const [event] = await updater.take(hold(3, 500));
    expect(holdCommitted.schema.parse(event)).toMatchObject({
      data: {
        subject: { content: { action: 'hold', digest: imageOf(3).digest, gitops: { name: 'main' }, changed: true } },
        customData: { actor: { name: 'ada', by: 'command' }, why: 'Totals are wrong' },
      },
    });
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 1 }));
    expect((await updater.subjects()).at(-1)).toMatch(/^checkout: hold sha256:[0-9a-f]{12} in staging$/);
    const commits = await updater.messages();
    expect(await updater.take(hold(3, 500))).toEqual([event]);
    expect(said(await updater.take(hold(3, 510)))).toEqual(['unchanged']);
    expect(said(await updater.take(wish(3)))).toEqual(['held']);
    expect(await updater.messages()).toEqual(commits);
    expect(said(await updater.take(wish(4)))).toEqual(['committed']);
  });

  it('ends with its release, which brings nothing back before somebody asks for it', async () => {
    const updater = await rolledBack();
    expect(said(await updater.take(hold(3, 500, 'release')))).toEqual(['committed']);
    expect((await updater.subjects()).at(-1)).toBe('checkout: release main-3 in staging');
    expect(said(await updater.take(wish(3, { again: 'pushed again' })))).toEqual(['not-newer']);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 1 }));
    expect(said(await updater.take(wish(3, { reason: 'request' })))).toEqual(['committed']);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 3 }));
    expect(said(await updater.take(hold(3, 500, 'release')))).toEqual(['committed']);
    expect(said(await updater.take(rollback))).toEqual(['committed']);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 3 }));
  });

  it('counts in its own batch already', async () => {
    const updater = await open();
    await updater.take(wish(1));
    expect(said(await updater.take(wish(3), hold(3, 500)))).toEqual(['held', 'committed']);
    expect(said(await updater.take(wish(3, { reason: 'request' }), hold(3, 510, 'release')))).toEqual([
      'committed',
      'committed',
    ]);
    expect(await updater.read(manifest('checkout'))).toBe(manifestOf('checkout', { app: 3 }));
  });

  it('is refused where nothing was written yet, and where nothing is configured', async () => {
    const updater = await open();
    const elsewhere = { ...checkout, environment: 'production' };
    expect(said(await updater.take(hold(3, 500), hold(3, 500, 'hold', elsewhere)))).toEqual([
      'no-lock',
      'not-configured',
    ]);
  });

  it('is refused where the environment only observes', async () => {
    const config = configOf({ checkout: {} });
    updater = await openUpdater({
      ...config,
      services: config.services.map((service) => ({
        ...service,
        environments: service.environments.map((environment) => ({ ...environment, mode: 'observe' as const })),
      })),
    });
    expect(said(await updater.take(hold(3, 500)))).toEqual(['observe']);
  });
});
