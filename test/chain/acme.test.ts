import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { detailTypeOf, producerOf } from '#events/event.ts';
import { serviceUpgraded } from '#events/services.ts';
import { type Pushed, pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { prove, proveUpgrade, proveWayBack } from '#local/proof/prove.ts';
import { createWitness, lookAgain, readManifests, type Witness } from '#local/proof/witness.ts';
import { play, type Stage } from './acts/act.ts';
import { first } from './acts/first.ts';
import { overtaken } from './acts/overtaken.ts';
import { places, writeService } from './acts/places.ts';
import { createBarriers } from './barriers.ts';
import { readLog } from './log.ts';
import { openTables } from './tables.ts';

const run = promisify(execFile);

/** The processes that this one started and that still run. */
const children = async (): Promise<string[]> => {
  const listing = run('ps', ['-A', '-o', 'ppid=,pid=,comm=']);
  const { stdout } = await listing;
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([parent, pid]) => parent === String(process.pid) && pid !== String(listing.child.pid))
    .map(([, pid, command]) => `${command} ${pid}`);
};

/** Sockets, servers and timers that keep this process up; what reads a file is over in a moment. */
const handles = (): string[] => process.getActiveResourcesInfo().filter((kind) => !kind.startsWith('FSReq'));

/** What there is now and was not before, each as often as it is too many. */
const added = (now: readonly string[], earlier: readonly string[]): string[] => {
  const left = [...earlier];
  return now.filter((kind) => left.indexOf(kind) < 0 || left.splice(left.indexOf(kind), 1).length === 0);
};

/** The threads that were started and have not ended. */
const threads = new Set<Worker>();
process.on('worker', (worker) => {
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
});

const barriers = createBarriers();
const fresh = places.first(0);

let folder: string;
let temporary: string;
let before: { handles: string[]; children: string[] };
let fairlead: Fairlead;
let witness: Witness;
/** What runs, and is proven. */
let running: Pushed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-config-'));
  await cp('examples/acme', folder, { recursive: true });
  await writeService(folder, fresh);
  temporary = await mkdtemp(join(tmpdir(), 'fairlead-acme-'));
  vi.stubEnv('TMPDIR', temporary);
  before = { handles: handles(), children: await children() };

  fairlead = await startFairlead({
    config: join(folder, 'fairlead.yaml'),
    stage: 'dev',
    delays: { invocationRetry: (attempt) => attempt * 500, queueSeconds: (seconds) => seconds * 100 },
    faults: { copies: (...delivery) => (barriers.keep(...delivery) ? [] : [0]) },
    standins: {
      pipelines: { delays: { source: 50, build: 200, push: 50 } },
      argocd: { delays: { refresh: 50, sync: 100, rollout: 250, termination: 100 } },
    },
  });
  witness = await createWitness(fairlead);
});

afterAll(async () => {
  await fairlead?.close();
  vi.unstubAllEnvs();
  for (const path of [temporary, folder]) await rm(path, { recursive: true, force: true });
});

const push = async (name: string, options: { readonly bad?: boolean } = {}): Promise<Pushed> => {
  const service = fairlead.config.services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`the configuration has no ${name}`);
  return pushService(fairlead.github.url, service, options);
};

const pushCheckout = async (options: { readonly bad?: boolean } = {}): Promise<Pushed> => {
  const pushed = await push('checkout', options);
  await fairlead.idle();
  return pushed;
};

/** The events that led to one, by their links: the first of them first. */
const causesOf = (id: string | undefined): string[] => {
  const event = witness.events.find((candidate) => candidate.id === id);
  if (event === undefined) return [];
  return [...causesOf(event.data.context.links?.[0]?.from.contextId), detailTypeOf(event.type)];
};

test('one push deploys a service, the next upgrades it, and each is proven', async () => {
  expect((await prove(fairlead, witness, [await pushCheckout()])).failures).toEqual([]);
  const later = await lookAgain(fairlead, witness);
  const upgrade = await pushCheckout();
  running = upgrade;
  expect((await proveUpgrade(fairlead, later, [upgrade])).failures).toEqual([]);
  const upgraded = witness.events.filter(serviceUpgraded.is);
  expect(upgraded.map(({ data }) => data.context.chainId)).toEqual([upgrade.chain]);
  expect(causesOf(upgraded[0]?.id)).toEqual([
    'dev.cdeventsx.github-branch.pushed',
    'dev.cdevents.artifact.published',
    'dev.cdeventsx.fairlead-image.requested',
    'dev.cdeventsx.fairlead-image.committed',
    'dev.cdevents.service.upgraded',
  ]);
}, 60_000);

test('a bad push goes back to the good one before it, once', async () => {
  const later = await lookAgain(fairlead, witness);
  const bad = [await pushCheckout({ bad: true })];
  expect((await proveWayBack(fairlead, later, [running], bad)).failures).toEqual([]);
  expect(witness.failures).toEqual([]);
}, 60_000);

const slow = test.skipIf(process.env.FAIRLEAD_SLOW === undefined);

slow(
  'a newer image wins over a rollback on its way, and a first deployment that fails is told to a person',
  async () => {
    const barrier: Stage['barrier'] = (keeping) => barriers.raise(fairlead.cloud.putEvents, keeping);
    const stage = { fairlead, witness, push, barrier, skipped: [] };
    expect(await play([overtaken(stage, 'asked for'), first(stage, fresh)], fairlead.idle)).toEqual([]);
    expect(witness.failures).toEqual([]);
  },
  60_000,
);

/** What a replay must not change: manifests, messages, images, what the log says and what was ever said. */
const standing = async () => ({
  manifests: [...(await readManifests(fairlead))],
  messages: fairlead.slack.messages(),
  images: fairlead.pipelines.images().length,
  log: (await readLog(fairlead)).map(({ id }) => id).sort(),
  events: witness.events.map(({ id }) => id),
  contradictions: [...witness.contradictions],
  failures: [...witness.failures],
});

slow(
  'a replay of all that was ever on the bus, in the wrong order, changes nothing',
  async () => {
    const before = await standing();
    expect(before.events.length).toBeGreaterThan(20);
    const entries = witness.events.toReversed().map((event) => ({
      EventBusName: 'fairlead-dev',
      Source: `fairlead.${producerOf(event)}`,
      DetailType: detailTypeOf(event.type),
      Detail: JSON.stringify(event),
    }));
    for (let start = 0; start < entries.length; start += 10)
      expect(fairlead.cloud.putEvents(entries.slice(start, start + 10)).FailedEntryCount).toBe(0);
    await fairlead.idle();
    expect(await standing()).toEqual(before);
  },
  60_000,
);

slow(
  'a replay to the event log alone fills the log and what runs where again, long after everybody has forgotten',
  async () => {
    const tables = openTables(fairlead);
    /** All but what other functions keep for themselves: Slack's messages, Argo CD's observations. */
    const told = async () =>
      (await tables.scan('deliveries'))
        .map((item) => JSON.stringify(Object.entries(item).toSorted()))
        .filter((item) => /"pk",\{"S":"(CHAIN|PUSH|PLACE)#/.test(item))
        .sort();
    const before = await told();
    expect(before.length).toBeGreaterThan(witness.events.length);
    await tables.empty('deliveries');
    await tables.empty('idempotency');
    for (const detail of witness.events.toReversed()) {
      const { outcome } = await fairlead.cloud.invoke('fairlead-dev-event-log', { detail });
      expect(outcome.ok).toBe(true);
    }
    expect(await told()).toEqual(before);
    tables.close();
  },
  60_000,
);

test('closing leaves no process, thread, socket or file behind', async () => {
  expect(threads.size).toBeGreaterThan(0);
  await fairlead.close();
  expect(threads.size).toBe(0);
  // Node takes a moment to let go of what was closed.
  for (let tries = 0; tries < 40 && added(handles(), before.handles).length > 0; tries += 1) await wait(100);
  expect(added(handles(), before.handles)).toEqual([]);
  expect(added(await children(), before.children)).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});
