import { randomUUID } from 'node:crypto';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { pipelineRunQueued } from '#events/pipelines.ts';
import { createHandler } from '#functions/codepipeline-events/handler.ts';
import { createPipelines } from '#shared/clients/codepipeline.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { commit, push } from '../../events/examples.ts';
import { type PipelineWorld, startPipelines } from '../../local/standins/pipeline/world.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';
import { service } from '../pipeline-trigger/services.ts';
import { execution, stateChangeEvent } from './state-changes.ts';

const world = useWorld();
const url = 'https://github.com/acme/shop';
let dynamodb: Dynamodb;
let deliveries: Deliveries;
let pipelines: PipelineWorld | undefined;

beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
});
afterEach(async () => {
  await pipelines?.close();
  pipelines = undefined;
});
afterAll(() => dynamodb.close());

const untouched = {
  revisions: () => {
    throw new Error('fake: CodePipeline is not asked where the log knows');
  },
};

const handlerFor = (
  services: Parameters<typeof configured>[0],
  sources: Partial<Parameters<typeof createHandler>[0]> = {},
) =>
  createHandler({
    runtime: world.runtime(),
    config: async () => configured(services),
    deliveries,
    pipelines: untouched,
    home: { account: '111122223333', region: 'eu-west-1' },
    ...sources,
  });

const published = (): AnyEvent[] => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

const queuedAs = (id: string, name = 'checkout') =>
  pipelineRunQueued.causedBy(push, {
    by: 'pipeline-trigger',
    subject: { id },
    content: { pipelineName: 'checkout', uri: url },
    custom: { system: 'codepipeline', commit, actor: push.data.customData.actor },
    service: name,
    team: 'pay',
    target: id,
  });

/** An execution that the stand-in has run to its end, and its events. */
const runToItsEnd = async () => {
  pipelines = await startPipelines();
  const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue: commit }];
  const start = new StartPipelineExecutionCommand({ name: 'checkout', sourceRevisions });
  const { pipelineExecutionId } = await pipelines.codepipeline.send(start);
  await pipelines.standin.idle();
  const events = pipelines.events.filter(({ source }) => source === 'aws.codepipeline');
  return { id: pipelineExecutionId!, events, client: createPipelines(pipelines.codepipeline) };
};

const shortType = ({ type, outcome }: AnyEvent): string =>
  `${type.split('.').slice(2, 4).join('.')} ${outcome ?? ''}`.trim();

describe('the events of an execution', () => {
  test('belong to the delivery that the log says asked for it', async () => {
    const { id, events } = await runToItsEnd();
    const queued = queuedAs(id);
    await deliveries.append(queued);
    const handler = handlerFor({ checkout: service('checkout') });
    for (const event of events) await handler(event, fakeContext());

    for (const event of published()) expectValidCdevent(event);
    expect(published().map(shortType)).toEqual([
      'pipelinerun.started',
      ...['taskrun.started', 'taskrun.started', 'taskrun.finished success', 'taskrun.finished success'],
      ...['taskrun.started', 'taskrun.started', 'taskrun.finished success', 'taskrun.finished success'],
      'pipelinerun.finished success',
    ]);
    for (const { data } of published()) {
      expect(data.context).toMatchObject({
        chainId: push.data.context.chainId,
        links: [{ from: { contextId: queued.id } }],
      });
      expect(data.customData).toMatchObject({ commit, actor: push.data.customData.actor });
    }
  });

  test('belong to the commit that CodePipeline checked out, where the log knows nothing', async () => {
    const { events, client } = await runToItsEnd();
    const handler = handlerFor({ checkout: service('checkout') }, { pipelines: client });
    await handler(events.at(-1), fakeContext());
    expect(published()).toMatchObject([
      { data: { context: { chainId: chainOf(url, commit) }, customData: { commit, system: 'codepipeline' } } },
    ]);
  });

  test.each([
    ['444455556666', 'eu-west-1'],
    ['111122223333', 'us-east-1'],
  ])('of account %s in %s, where nobody can be asked, are skipped, and the log says why', async (account, region) => {
    const handler = handlerFor({ checkout: service('checkout') });
    const event = { ...stateChangeEvent('Pipeline', { state: 'STARTED' }, `${account}-${region}`), account, region };
    expect(await handler(event, fakeContext())).toMatchObject({
      published: [],
      skipped: `checkout runs in ${account}, ${region}, where CodePipeline cannot be asked which commit ${execution} builds`,
    });
  });

  test('of another account belong to the delivery that the log says asked for them', async () => {
    const id = randomUUID();
    await deliveries.append(queuedAs(id));
    const handler = handlerFor({ checkout: service('checkout') });
    const event = stateChangeEvent('Pipeline', { state: 'STARTED', 'execution-id': id }, id);
    await handler({ ...event, account: '444455556666', region: 'us-east-1' }, fakeContext());
    expect(published()).toMatchObject([
      {
        data: {
          context: { chainId: push.data.context.chainId },
          subject: { content: { uri: expect.stringContaining('us-east-1') } },
        },
      },
    ]);
  });

  test('wait for the source action where the log knows nothing', async () => {
    pipelines = await startPipelines({ delays: { source: 60_000 } });
    await pipelines.codepipeline.send(new StartPipelineExecutionCommand({ name: 'checkout' }));
    const handler = handlerFor(
      { checkout: service('checkout') },
      { pipelines: createPipelines(pipelines.codepipeline) },
    );
    await expect(handler(pipelines.events[0], fakeContext())).rejects.toMatchObject({ name: 'Upstream' });
    expect(world.bus.taken).toEqual([]);
  });

  test('tell every service that the pipeline builds', async () => {
    const id = randomUUID();
    await deliveries.append(queuedAs(id, 'web'));
    const handler = handlerFor({ checkout: service('checkout'), web: service('checkout'), cart: service('cart') });
    await handler(stateChangeEvent('Pipeline', { state: 'STARTED', 'execution-id': id }, id), fakeContext());
    expect(published().map((event) => event.service)).toEqual(['checkout', 'web']);
    expect(new Set(published().map((event) => event.id)).size).toBe(2);
  });

  test('are the same events, however often and in whatever order they come', async () => {
    const { id, events } = await runToItsEnd();
    await deliveries.append(queuedAs(id));
    const outcome = async (order: typeof events) => {
      world.bus.reset();
      const handler = handlerFor({ checkout: service('checkout') });
      for (const event of order) await handler(event, fakeContext());
      return new Set(world.bus.taken.map(({ Detail }) => Detail));
    };
    const expected = await outcome(events);
    const repeated = fc
      .array(fc.constantFrom(...events), { maxLength: 5 })
      .chain((extra) => fc.shuffledSubarray([...events, ...extra], { minLength: events.length + extra.length }));
    await fc.assert(
      fc.asyncProperty(repeated, async (order) => {
        expect(await outcome(order)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe('nothing is said', () => {
  test.each([
    ['of a pipeline that builds no service', { pipeline: 'other', state: 'STARTED' }, /no service is built by/],
    ['of a state on the way to another', { state: 'STOPPING' }, /neither begins nor ends/],
  ])('%s', async (_, detail, reason) => {
    const handler = handlerFor({ checkout: service('checkout') });
    const { skipped } = await handler(stateChangeEvent('Pipeline', detail, randomUUID()), fakeContext());
    expect(skipped).toMatch(reason);
  });

  test('of an execution that checked out another repository', async () => {
    const revisions = async () => [
      { commit, url: 'https://example.com/?FullRepositoryId=acme%2Flibs' },
      { commit: 'f'.repeat(40), url: 'https://example.com/?FullRepositoryId=acme%2Ftools' },
    ];
    const handler = handlerFor({ checkout: service('checkout') }, { pipelines: { revisions } });
    const { skipped } = await handler(stateChangeEvent('Pipeline', { state: 'STARTED' }, randomUUID()), fakeContext());
    expect(skipped).toBe(`${execution} of checkout built no commit of a configured source`);
  });
});

test('of several sources, the one whose URL names the repository is built', async () => {
  const revisions = async () => [
    { commit: 'f'.repeat(40), url: 'https://example.com/?FullRepositoryId=acme%2Ftools&Commit=f' },
    { commit, url: 'https://example.com/?FullRepositoryId=Acme%2FShop&Commit=3' },
    { commit: 'an-object-version' },
  ];
  const handler = handlerFor({ checkout: service('checkout') }, { pipelines: { revisions } });
  await handler(stateChangeEvent('Pipeline', { state: 'STARTED' }, randomUUID()), fakeContext());
  expect(published()).toMatchObject([{ data: { context: { chainId: chainOf(url, commit) } } }]);
});

test('what is no state change is refused', async () => {
  const handler = handlerFor({});
  await expect(handler({ id: 'x', detail: {} }, fakeContext())).rejects.toMatchObject({ name: 'InvalidInput' });
});
