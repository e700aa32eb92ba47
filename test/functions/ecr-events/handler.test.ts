import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { ownChain } from '#functions/ecr-events/decide.ts';
import { createHandler } from '#functions/ecr-events/handler.ts';
import { createRegistry, type Registry } from '#functions/ecr-events/registry.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { startPipelines } from '../../local/standins/pipeline/world.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';
import { commitNamed, digestNamed, imageActionEvent, pushOf, repository, service, url } from './actions.ts';

const world = useWorld();
const pushedAt = '2026-11-23T09:28:40.000Z';
const justNow = Date.parse('2026-11-23T09:31:16Z');
const muchLater = Date.parse('2026-11-23T10:00:00Z');
let dynamodb: Dynamodb;
let deliveries: Deliveries;
let testNumber = 0;

beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
});
beforeEach(() => {
  testNumber += 1;
});
afterAll(() => dynamodb.close());

/** Names of this test alone, because all share one table. */
const commitHere = (name = 'a'): string => commitNamed(`${name} ${testNumber}`);
const digestHere = (name = 'a'): string => digestNamed(`${name} ${testNumber}`);

const refuse = (): never => {
  throw new Error('fake: the registry is not asked');
};

const knowing = (known: { revision?: string; pushedAt?: string }): Registry => ({
  revision: async () => known.revision,
  pushedAt: async () => known.pushedAt,
});

interface Given {
  services?: Parameters<typeof configured>[0];
  registry?: Partial<Registry>;
  now?: number;
}

const publish = async (input: unknown, { services = { checkout: service() }, registry, now = justNow }: Given = {}) => {
  const handler = createHandler({
    runtime: world.runtime(),
    config: async () => configured(services),
    deliveries,
    registry: { revision: refuse, pushedAt: refuse, ...registry },
    pushGrace: 150_000,
    now: () => now,
  });
  return handler(input, fakeContext());
};

const published = (): AnyEvent[] => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

const tagged = (tag: string, digest = digestHere(), time = '2026-11-23T09:31:14Z') =>
  imageActionEvent({ 'image-tag': tag, 'image-digest': digest }, { time });

describe('an image whose commit was pushed', () => {
  test.each([
    ['the whole commit', (commit: string) => `main-${commit}`],
    ['the beginning of the commit', (commit: string) => `main-${commit.slice(0, 7)}`],
    ['the commit where no pattern looks for it', (commit: string) => `any-${commit}`],
  ])('is ordered by that push, from a tag with %s', async (_, tagOf) => {
    const commit = commitHere();
    const push = pushOf(commit, pushedAt);
    await deliveries.append(push);
    const tag = tagOf(commit);
    await publish(tagged(tag));
    const [event] = published();
    expectValidCdevent(event!);
    expect(event).toMatchObject({
      service: 'checkout',
      team: 'pay',
      time: '2026-11-23T09:31:14.000Z',
      data: {
        context: { chainId: chainOf(url, commit), links: [{ from: { contextId: push.id } }] },
        customData: {
          image: { repository, tag, digest: digestHere() },
          commit,
          order: { time: pushedAt, basis: 'commit' },
        },
      },
    });
  });

  test('says when the registry first saw it where an environment orders by that', async () => {
    const commit = commitHere();
    await deliveries.append(pushOf(commit, pushedAt));
    const tags = { pattern: '^main-', newest: 'registry' };
    const services = { checkout: service({ environments: { staging: { path: 'apps/staging', tags } } }) };
    const registry = { pushedAt: async () => '2026-11-23T09:31:13.250Z' };
    await publish(tagged(`main-${commit}`), { services, registry });
    expect(published()[0]!.data.customData).toMatchObject({
      order: { time: pushedAt, basis: 'commit' },
      firstSeen: '2026-11-23T09:31:13.250Z',
    });
  });

  test('is found by its label where the tag is a version', async () => {
    const commit = commitHere();
    await deliveries.append(pushOf(commit, pushedAt));
    await publish(tagged('v1.2.3'), { registry: knowing({ revision: commit }) });
    expect(published()[0]!.data.customData).toMatchObject({ commit, order: { basis: 'commit' } });
  });

  test('is found by its label where two commits begin with what the tag names', async () => {
    const commits = ['0', '1'].map((end) => commitHere().slice(0, 39) + end);
    for (const commit of commits) await deliveries.append(pushOf(commit, pushedAt));
    await publish(tagged(`main-${commits[0]!.slice(0, 12)}`), { registry: knowing({ revision: commits[1]! }) });
    expect(published()[0]!.data.customData).toMatchObject({ commit: commits[1] });
  });

  test('is not that of another repository with the same beginning', async () => {
    const commit = commitHere();
    const other = commit.slice(0, 39) + (commit.endsWith('0') ? '1' : '0');
    await deliveries.append(pushOf(other, pushedAt, 'main', 'https://github.com/acme/other'));
    await deliveries.append(pushOf(commit, pushedAt));
    await publish(tagged(`main-${commit.slice(0, 7)}`));
    expect(published()[0]!.data.customData).toMatchObject({ commit });
  });
});

describe('an image whose push is not in the log', () => {
  test('waits for it', async () => {
    const commit = commitHere();
    const input = tagged(`main-${commit}`);
    await expect(publish(input)).rejects.toMatchObject({
      name: 'Upstream',
      message: `${repository}:main-${commit} waits: the push of ${commit} is not in the log yet.`,
    });
    await deliveries.append(pushOf(commit, pushedAt));
    await publish(input);
    expect(published()[0]!.data.customData).toMatchObject({ order: { time: pushedAt, basis: 'commit' } });
  });

  test('waits where the tag has the beginning of a commit, and the label says nothing', async () => {
    const input = tagged(`main-${commitHere().slice(0, 7)}`);
    await expect(publish(input, { registry: knowing({}) })).rejects.toMatchObject({ name: 'Upstream' });
  });

  test('is ordered by the registry in the end, in the chain of its commit', async () => {
    const commit = commitHere();
    const registry = knowing({ pushedAt: '2026-11-23T09:31:13.250Z' });
    await publish(tagged(`main-${commit}`), { registry, now: muchLater });
    expect(published()[0]).toMatchObject({
      data: {
        context: { chainId: chainOf(url, commit) },
        customData: { commit, order: { time: '2026-11-23T09:31:13.250Z', basis: 'registry' } },
      },
    });
  });

  test('is ordered by when its digest was first told', async () => {
    const commit = commitHere();
    const registry = knowing({});
    await publish(tagged(`main-${commit}`), { registry, now: muchLater });
    await deliveries.append(published()[0]!);
    world.bus.reset();
    await publish(tagged(`retry-${commit}`, digestHere(), '2026-11-24T00:00:00Z'), { registry, now: muchLater + 1e9 });
    expect(published()[0]!.data.customData).toMatchObject({ order: { time: '2026-11-23T09:31:14.000Z' } });
  });

  test('does not wait for a label that contradicts its tag', async () => {
    const claimed = commitHere();
    const registry = knowing({ revision: commitHere('b') });
    await publish(tagged(`main-${claimed.slice(0, 7)}`), { registry, now: muchLater });
    const { context, customData } = published()[0]!.data;
    expect(customData.commit).toBeUndefined();
    expect(context.chainId).toBe(ownChain({ repository, digest: digestHere() }));
  });
});

describe('an image without a commit', () => {
  test.each([
    ['of a service without a source', { services: { checkout: service({ source: undefined }) } }],
    ['that no service knows', { services: {} }],
  ])('%s waits for nothing and has a chain of its own', async (_, given) => {
    await publish(tagged(`main-${commitHere()}`), { ...given, registry: { pushedAt: async () => undefined } });
    const [event] = published();
    expectValidCdevent(event!);
    expect(event!.data.context.chainId).toBe(ownChain({ repository, digest: digestHere() }));
    expect(event!.data.customData).toMatchObject({ order: { time: '2026-11-23T09:31:14.000Z', basis: 'registry' } });
    expect(event!.service).toBe('checkout' in given.services ? 'checkout' : undefined);
  });

  test('shares its chain and its order with the other tags of its digest', async () => {
    const registry = knowing({});
    await publish(tagged('latest'), { registry });
    await deliveries.append(published()[0]!);
    await publish(tagged('stable', digestHere(), '2026-11-30T00:00:00Z'), { registry });
    const [latest, stable] = published();
    expect(stable!.data.context.chainId).toBe(latest!.data.context.chainId);
    expect(stable!.data.customData.order).toEqual(latest!.data.customData.order);
    expect(stable!.id).not.toBe(latest!.id);
  });
});

test('several services that share an image are none of them named', async () => {
  const services = { checkout: service(), web: service({ team: 'web' }) };
  const commit = commitHere();
  await deliveries.append(pushOf(commit, pushedAt));
  await publish(tagged(`main-${commit}`), { services });
  expect(published()).toMatchObject([{ data: { customData: { commit } } }]);
  expect(published()[0]).not.toHaveProperty('service');
});

test('a deletion belongs to the chain of the image that was told, else to one of its own', async () => {
  const commit = commitHere();
  await deliveries.append(pushOf(commit, pushedAt));
  await publish(tagged(`main-${commit}`));
  await deliveries.append(published()[0]!);
  world.bus.reset();
  const gone = { 'action-type': 'DELETE', 'image-digest': digestHere() };
  await publish(imageActionEvent({ ...gone, 'image-tag': `main-${commit}` }));
  await publish(imageActionEvent({ ...gone, 'image-tag': undefined }));
  const [told, untagged] = published();
  for (const event of published()) expectValidCdevent(event);
  expect(told).toMatchObject({ type: 'dev.cdevents.artifact.deleted.0.2.0', service: 'checkout' });
  expect(told!.data.context.chainId).toBe(chainOf(url, commit));
  expect(untagged!.data.context.chainId).toBe(ownChain({ repository, digest: digestHere() }));
  expect(untagged!.subject).not.toContain('tag=');
});

test.each([
  ['a part of a multi-architecture image', { 'image-tag': undefined }, /no tag/],
  ['a push that did not succeed', { result: 'FAILURE' }, /did not succeed/],
  ['an action of another kind', { 'action-type': 'REPLICATE' }, /neither publishes nor deletes/],
])('%s is skipped', async (_, detail, reason) => {
  expect((await publish(imageActionEvent(detail))).skipped).toMatch(reason);
});

test('the same push of an image gives the same event, whoever repeats it', async () => {
  const commit = commitHere();
  await deliveries.append(pushOf(commit, pushedAt));
  await publish(tagged(`main-${commit}`));
  await publish(tagged(`main-${commit}`));
  const [first, second] = published();
  expect(second).toEqual(first);
});

test('what the pipeline pushes is one image, with the commit that the real registry client reads from its label', async () => {
  const commit = commitHere();
  const name = 'checkout';
  const pipelines = await startPipelines({
    pipelines: [
      {
        name,
        sourceAction: 'Source',
        repository: url,
        builds: [{ repository: name, tag: (_, build) => `v1.0.${build}` }],
      },
    ],
  });
  const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue: commit }];
  await pipelines.codepipeline.send(new StartPipelineExecutionCommand({ name, sourceRevisions }));
  await pipelines.standin.idle();
  await deliveries.append(pushOf(commit, pushedAt));
  const pushed = pipelines.events.filter(({ source }) => source === 'aws.ecr');
  for (const event of pushed) await publish(event, { registry: createRegistry(() => pipelines.ecr) });
  await pipelines.close();
  expect(published()).toMatchObject([{ data: { customData: { commit, image: { tag: 'v1.0.1' } } } }]);
});
