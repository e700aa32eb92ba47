import { readFileSync } from 'node:fs';
import { GetPipelineExecutionCommand, ListPipelineExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { afterEach, describe, expect, test } from 'vitest';
import { anyEventSchema } from '#events/event.ts';
import { createHandler } from '#functions/pipeline-trigger/handler.ts';
import { createPipelines } from '#shared/clients/codepipeline.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { push } from '../../events/examples.ts';
import { checkout, type PipelineWorld, startPipelines } from '../../local/standins/pipeline/world.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';
import { service } from './services.ts';

const world = useWorld();
const { commit } = push.data.subject.content;
const input = { 'detail-type': 'dev.cdeventsx.github-branch.pushed', detail: push };
const cart = { ...checkout, name: 'cart' };
let pipelines: PipelineWorld | undefined;

afterEach(async () => {
  await pipelines?.close();
});

const handlerFor = async (
  services: Parameters<typeof configured>[0],
  options: Parameters<typeof startPipelines>[0] = { pipelines: [checkout, cart] },
) => {
  pipelines = await startPipelines(options);
  const handler = createHandler({
    runtime: world.runtime(),
    config: async () => configured(services),
    pipelines: createPipelines(pipelines.codepipeline),
  });
  return { handler, codepipeline: pipelines.codepipeline };
};

const published = () => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

describe('a push', () => {
  test('starts each pipeline at its commit, and tells each service of its execution', async () => {
    const { handler, codepipeline } = await handlerFor({ checkout: service('checkout'), cart: service('cart') });
    await handler(input, fakeContext());
    const events = published();
    for (const event of events) expectValidCdevent(event);
    expect(events.map(({ type, service: name, team }) => [type, name, team])).toEqual([
      ['dev.cdevents.pipelinerun.queued.0.3.0', 'checkout', 'pay'],
      ['dev.cdevents.pipelinerun.queued.0.3.0', 'cart', 'pay'],
    ]);
    const { id, content } = events[0]!.data.subject;
    const get = new GetPipelineExecutionCommand({ pipelineName: 'checkout', pipelineExecutionId: id });
    expect((await codepipeline.send(get)).pipelineExecution?.pipelineExecutionId).toBe(id);
    await pipelines!.standin.idle();
    const { pipelineExecution } = await codepipeline.send(get);
    expect(pipelineExecution?.artifactRevisions).toMatchObject([{ revisionId: commit }]);
    expect(content).toEqual({
      pipelineName: 'checkout',
      uri: `https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/checkout/executions/${id}/timeline?region=eu-west-1`,
    });
    expect(events[0]!.data.context).toMatchObject({
      chainId: push.data.context.chainId,
      links: [{ from: { contextId: push.id } }],
    });
    expect(events[0]!.data.customData).toEqual({ system: 'codepipeline', commit, actor: push.data.customData.actor });
  });

  test('that two services share a pipeline for starts it once and tells both', async () => {
    const { handler, codepipeline } = await handlerFor({ checkout: service('checkout'), web: service('checkout') });
    await handler(input, fakeContext());
    const events = published();
    expect(events.map(({ service: name }) => name)).toEqual(['checkout', 'web']);
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(1);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    const listed = await codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName: 'checkout' }));
    expect(listed.pipelineExecutionSummaries).toHaveLength(1);
  });

  test('that concerns nobody publishes nothing', async () => {
    const { handler } = await handlerFor({ checkout: service('checkout', { paths: ['docs/**'] }) });
    expect(await handler(input, fakeContext())).toMatchObject({ published: [] });
    expect(world.bus.taken).toEqual([]);
  });

  test('to the source of a service that is switched off tells its team', async () => {
    const { handler } = await handlerFor({ checkout: { ...service('checkout'), environments: 'none' } });
    await handler(input, fakeContext());
    const [event] = published();
    expectValidCdevent(event!);
    expect(event).toMatchObject({
      type: 'dev.cdeventsx.fairlead-configuration.refused.0.1.0',
      service: 'checkout',
      team: 'pay',
      data: { subject: { content: { problems: [{ file: 'services.yaml', path: 'checkout.environments' }] } } },
    });
  });
});

describe('a pipeline that does not start', () => {
  test('keeps no other from starting, and is named with what to do', async () => {
    const { handler } = await handlerFor(
      { checkout: service('gone'), cart: service('cart') },
      { pipelines: [checkout, cart] },
    );
    await expect(handler(input, fakeContext())).rejects.toMatchObject({
      name: 'Upstream',
      message:
        'checkout: CodePipeline has no pipeline "gone" in this account and region: create it, or correct build.codepipeline.pipeline.',
    });
    expect(published().map(({ service: name }) => name)).toEqual(['cart']);
  });

  test('for its source action says which setting is wrong', async () => {
    const { handler } = await handlerFor(
      { checkout: service('checkout') },
      { pipelines: [{ ...checkout, sourceAction: 'Code' }] },
    );
    await expect(handler(input, fakeContext())).rejects.toThrow(
      /^checkout: CodePipeline does not start "checkout" with the source action "Source": correct build\.codepipeline\.source/,
    );
  });

  test('is retried without starting the others twice, and says the same again', async () => {
    let throttled = true;
    const fault = {
      api: (action: string) => (throttled && action.startsWith('Start') ? 'ThrottlingException' : undefined),
    };
    const { handler, codepipeline } = await handlerFor({ checkout: service('checkout') }, { faults: fault });
    await expect(handler(input, fakeContext())).rejects.toMatchObject({ name: 'Upstream' });
    expect(world.bus.taken).toEqual([]);

    throttled = false;
    world.bus.respondWith((entries) => entries.map(() => 'InternalFailure'));
    await expect(handler(input, fakeContext())).rejects.toThrow();
    world.bus.reset();
    await handler(input, fakeContext());
    const first = published();
    await handler(input, fakeContext());
    expect(published()).toEqual(first);
    const listed = await codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName: 'checkout' }));
    expect(listed.pipelineExecutionSummaries?.map((one) => one.pipelineExecutionId)).toEqual([first[0]!.subject]);
  });
});

test('the sample is a push that the example configuration would build', async () => {
  const sample: unknown = JSON.parse(readFileSync('events/samples/pipeline-trigger.json', 'utf8'));
  const { handler } = await handlerFor({ checkout: service('checkout', { paths: ['apps/checkout/**'] }) });
  await handler(sample, fakeContext());
  expect(published().map(({ type }) => type)).toEqual(['dev.cdevents.pipelinerun.queued.0.3.0']);
});
