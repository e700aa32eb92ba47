import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig, parseManifest, platformManifest } from '#functions/ecr-events/manifest.ts';
import { createRegistry, type Registry } from '#functions/ecr-events/registry.ts';
import { account, type PipelineWorld, startPipelines } from '../../local/standins/pipeline/world.ts';
import { commitNamed, digestNamed } from './actions.ts';

const commit = commitNamed('built');
const signal = new AbortController().signal;
let world: PipelineWorld;
let registry: Registry;
let fault: string | undefined;

beforeAll(async () => {
  world = await startPipelines({
    now: () => new Date('2026-11-23T09:31:12.500Z'),
    faults: { api: (action) => (action.startsWith('Start') ? undefined : fault) },
  });
  const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue: commit }];
  await world.codepipeline.send(new StartPipelineExecutionCommand({ name: 'checkout', sourceRevisions }));
  await world.standin.idle();
  registry = createRegistry(() => world.ecr);
});
afterAll(() => world.close());

const built = () => ({ account, region: 'eu-west-1', name: 'checkout', digest: world.standin.images()[0]!.digest });

describe('an image in the registry', () => {
  test('tells by its label which commit it was built from, beside an attestation that has none', async () => {
    expect(await registry.revision(built(), signal)).toBe(commit);
  });

  test('tells when it was pushed', async () => {
    expect(await registry.pushedAt(built(), signal)).toBe('2026-11-23T09:31:12.500Z');
  });

  test.each([
    ['of another digest', () => ({ ...built(), digest: digestNamed('none') })],
    ['of another repository', () => ({ ...built(), name: 'nobody' })],
  ])('%s tells nothing', async (_, image) => {
    expect(await registry.revision(image(), signal)).toBeUndefined();
    expect(await registry.pushedAt(image(), signal)).toBeUndefined();
  });

  test('that may not be read tells nothing', async () => {
    fault = 'AccessDeniedException';
    expect(await registry.revision(built(), signal)).toBeUndefined();
    expect(await registry.pushedAt(built(), signal)).toBeUndefined();
  });

  test('is asked for again where ECR fails', async () => {
    fault = 'ServerException';
    await expect(registry.revision(built(), signal)).rejects.toMatchObject({ name: 'Upstream' });
    await expect(registry.pushedAt(built(), signal)).rejects.toMatchObject({ name: 'Upstream' });
  });
});

test('each registry is asked in its own region', async () => {
  fault = undefined;
  const asked: string[] = [];
  const regional = createRegistry((region) => {
    asked.push(region);
    return world.ecr;
  });
  await regional.pushedAt({ ...built(), region: 'us-east-1' }, signal);
  await regional.revision({ ...built(), region: 'ap-south-1' }, signal);
  expect([...new Set(asked)]).toEqual(['us-east-1', 'ap-south-1']);
});

describe('a manifest', () => {
  test.each([undefined, '', 'no JSON', '[]', '{"manifests":1}'])('is not %j', (text) => {
    expect(parseManifest(text)).toBeUndefined();
  });

  test('of one platform has no other', () => {
    expect(platformManifest(parseManifest('{"config":{"digest":"sha256:1","size":2}}')!)).toBeUndefined();
  });

  test.each([
    ['no labels', '{"config":{"Labels":null}}'],
    ['no config', '{"config":null}'],
    ['no JSON', '<html>'],
    ['no object', '7'],
  ])('may lead to a config with %s', (_, text) => {
    expect(parseConfig(text)).toEqual({});
  });
});
