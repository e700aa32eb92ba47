import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServiceEvent } from '#local/standins/pipeline/events.ts';
import { checkout, commitOf, type PipelineWorld, region, startPipelines } from './world.ts';

const run = promisify(execFile);
const commit = commitOf('abc1');
const worlds: PipelineWorld[] = [];

const start = async (...options: Parameters<typeof startPipelines>): Promise<PipelineWorld> => {
  const world = await startPipelines(...options);
  worlds.push(world);
  return world;
};

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const at = (revisionValue: string): StartPipelineExecutionInput => ({
  name: 'checkout',
  sourceRevisions: [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue }],
});

const startAt = async ({ codepipeline }: PipelineWorld, input: StartPipelineExecutionInput): Promise<string> => {
  const { pipelineExecutionId } = await codepipeline.send(new StartPipelineExecutionCommand(input));
  return pipelineExecutionId!;
};

const told = (world: PipelineWorld, execution?: string): string[] =>
  world.events
    .filter(({ detail }) => execution === undefined || detail['execution-id'] === execution)
    .map(({ 'detail-type': type, detail }) => {
      const where = [detail.stage, detail.action, detail['image-tag']].filter(Boolean).join('/');
      return `${type.split(' ')[1]} ${where} ${detail.state ?? detail['action-type']}`;
    });

const source = ['Stage Source STARTED', 'Action Source/Source STARTED'];
const sourced = ['Action Source/Source SUCCEEDED', 'Stage Source SUCCEEDED'];
const build = ['Stage Build STARTED', 'Action Build/Build STARTED'];

describe('an execution', () => {
  test('is told as CodePipeline tells it, and then its images as ECR does', async () => {
    const world = await start();
    const id = await startAt(world, at(commit));
    await world.standin.idle();
    expect(told(world)).toEqual([
      'Pipeline  STARTED',
      ...source,
      ...sourced,
      ...build,
      'Action Build/Build SUCCEEDED',
      'Stage Build SUCCEEDED',
      'Pipeline  SUCCEEDED',
      'Image  PUSH',
      'Image  PUSH',
      'Image  PUSH',
      'Image main-abc100000000 PUSH',
    ]);
    expect(world.events[0]).toMatchObject({
      source: 'aws.codepipeline',
      resources: [`arn:aws:codepipeline:${region}:111122223333:checkout`],
      detail: {
        pipeline: 'checkout',
        'execution-id': id,
        version: 1,
        'pipeline-execution-attempt': 1,
        'execution-trigger': { 'trigger-type': 'StartPipelineExecution' },
      },
    });
    expect(world.events.every(({ detail }) => !JSON.stringify(detail).includes('undefined'))).toBe(true);
  });

  test('knows its revision only after the source action', async () => {
    const world = await start({ delays: { source: 60_000 } });
    const id = await startAt(world, at(commit));
    const input = { pipelineName: 'checkout', pipelineExecutionId: id };
    const { pipelineExecution } = await world.codepipeline.send(new GetPipelineExecutionCommand(input));
    expect(pipelineExecution).toMatchObject({ status: 'InProgress', artifactRevisions: [] });

    const fast = await start();
    const pipelineExecutionId = await startAt(fast, at(commit));
    await fast.standin.idle();
    const after = await fast.codepipeline.send(new GetPipelineExecutionCommand({ ...input, pipelineExecutionId }));
    expect(after.pipelineExecution).toMatchObject({ status: 'Succeeded', artifactRevisions: [{ revisionId: commit }] });
  });

  test('is started once for a token', async () => {
    const world = await start();
    const input = { ...at(commit), clientRequestToken: 'once' };
    const ids = await Promise.all([startAt(world, input), startAt(world, input)]);
    await world.standin.idle();
    expect(new Set(ids).size).toBe(1);
    const listed = await world.codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName: 'checkout' }));
    expect(listed.pipelineExecutionSummaries).toMatchObject([
      {
        pipelineExecutionId: ids[0],
        status: 'Succeeded',
        sourceRevisions: [{ actionName: 'Source', revisionId: commit }],
      },
    ]);
    expect(listed.pipelineExecutionSummaries?.[0]?.startTime).toBeInstanceOf(Date);
  });

  test('fails where its build is told to, with the reason, and pushes nothing', async () => {
    const world = await start({ faults: { build: () => 'tests failed' } });
    const id = await startAt(world, at(commit));
    await world.standin.idle();
    expect(told(world, id).slice(-3)).toEqual(['Action Build/Build FAILED', 'Stage Build FAILED', 'Pipeline  FAILED']);
    expect(
      world.events.find(({ detail }) => detail.action === 'Build' && detail.state === 'FAILED')?.detail,
    ).toMatchObject({
      'execution-result': { 'error-code': 'JobFailed', 'external-execution-summary': 'tests failed' },
    });
    expect(world.standin.images()).toEqual([]);
  });

  test('fails in its source action where the revision is no commit', async () => {
    const world = await start();
    const id = await startAt(world, at('main'));
    await world.standin.idle();
    expect(told(world, id).slice(-3)).toEqual([
      'Action Source/Source FAILED',
      'Stage Source FAILED',
      'Pipeline  FAILED',
    ]);
  });

  test('takes the newest commit of the repository where no revision is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
    const git = async (...args: string[]) => (await run('git', ['-C', folder, ...args])).stdout.trim();
    await git('init', '-q');
    await git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '--allow-empty', '-m', 'first');
    const head = await git('rev-parse', 'HEAD');
    const world = await start({ pipelines: [{ ...checkout, repository: folder }] });
    await startAt(world, { name: 'checkout' });
    await world.standin.idle();
    await rm(folder, { recursive: true });
    expect(world.standin.images()).toMatchObject([{ commit: head }]);
  });

  test('that waits for a stage is superseded by a newer one', async () => {
    const occupied = Promise.withResolvers<void>();
    const events: ServiceEvent[] = [];
    const world = await start({
      putEvents: async (entries) => {
        events.push(...entries);
        if (entries.some(({ Detail }) => JSON.parse(Detail).stage === 'Source')) await occupied.promise;
      },
    });
    const ids: string[] = [];
    for (const name of ['a1', 'b2', 'c3']) ids.push(await startAt(world, at(commitOf(name))));
    occupied.resolve();
    await world.standin.idle();
    const states = ids.map((id) =>
      events
        .filter(({ Detail, DetailType }) => DetailType.includes('Pipeline Execution') && Detail.includes(id))
        .map(({ Detail }) => JSON.parse(Detail).state),
    );
    expect(states).toEqual([
      ['STARTED', 'SUCCEEDED'],
      ['STARTED', 'SUPERSEDED'],
      ['STARTED', 'SUCCEEDED'],
    ]);
    expect(world.standin.images().map((image) => image.commit)).toEqual([commitOf('a1'), commitOf('c3')]);
  });
});

test.each([
  ['an unknown pipeline', { ...at(commit), name: 'nobody' }, 'PipelineNotFoundException'],
  [
    'another source action',
    { ...at(commit), sourceRevisions: [{ ...at(commit).sourceRevisions![0]!, actionName: 'Code' }] },
    'ValidationException',
  ],
  [
    'a revision that is no commit',
    { ...at(commit), sourceRevisions: [{ ...at(commit).sourceRevisions![0]!, revisionType: 'IMAGE_DIGEST' as const }] },
    'ValidationException',
  ],
  ['a token with spaces', { ...at(commit), clientRequestToken: 'a b' }, 'ValidationException'],
])('%s is refused as AWS refuses it', async (_, input, name) => {
  const world = await start();
  await expect(startAt(world, input)).rejects.toMatchObject({ name });
  expect(world.events).toEqual([]);
});

test('an execution that nobody started is not found', async () => {
  const { codepipeline } = await start();
  const input = { pipelineName: 'checkout', pipelineExecutionId: '00000000-0000-0000-0000-000000000000' };
  await expect(codepipeline.send(new GetPipelineExecutionCommand(input))).rejects.toMatchObject({
    name: 'PipelineExecutionNotFoundException',
  });
});

test('an execution of the past is known with its revision', async () => {
  const past = { id: '0f6c1a2e-0000-4000-8000-000000000001', pipeline: 'checkout', commit };
  const { codepipeline } = await start({ history: [past] });
  const input = { pipelineName: 'checkout', pipelineExecutionId: past.id };
  const { pipelineExecution } = await codepipeline.send(new GetPipelineExecutionCommand(input));
  expect(pipelineExecution).toMatchObject({ status: 'Succeeded', artifactRevisions: [{ revisionId: commit }] });
});

test('an API fails as it is told to', async () => {
  const world = await start({ faults: { api: () => 'ThrottlingException' } });
  await expect(startAt(world, at(commit))).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('what the bus does not take is told to whoever waits', async () => {
  const world = await start({ putEvents: () => Promise.reject(new Error('no bus')) });
  await startAt(world, at(commit));
  await expect(world.standin.idle()).rejects.toThrow('no bus');
});
