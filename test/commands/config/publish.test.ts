import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigPlace, openConfigPlace } from '#commands/config/place.ts';
import { type Publishing, publishConfig } from '#commands/config/publish.ts';
import { Failure } from '#commands/failure.ts';
import type { Cloud } from '#local/cloud.ts';
import { createReadPublished } from '#shared/clients/published-config.ts';
import { parseConfigFiles } from '#shared/config/files.ts';
import { clientOf, startFixture } from '../../local/fixture/start-fixture.ts';

const root = join(import.meta.dirname, '../../..');

let cloud: Cloud;
let folder: string;
let stage: string;
let config: string;
let made = 0;

beforeAll(async () => {
  cloud = await startFixture();
});
afterAll(() => cloud.close());

const environment = () => ({
  PATH: process.env.PATH,
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAUSER',
  AWS_SECRET_ACCESS_KEY: 'user',
});

// The client that the command makes finds all of it where a person's would.
beforeAll(() => {
  const before = { ...process.env };
  Object.assign(process.env, environment());
  return () => {
    for (const name of Object.keys(environment())) if (before[name] === undefined) delete process.env[name];
  };
});

beforeEach(async () => {
  made += 1;
  stage = `s${made}`;
  const s3 = new S3Client(clientOf(cloud));
  const Bucket = `fairlead-${stage}-config-111122223333-eu-west-1`;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  folder = await mkdtemp(join(tmpdir(), 'publish-test-'));
  await cp(join(root, 'examples/acme'), folder, { recursive: true });
  config = join(folder, 'fairlead.yaml');
  return () => rm(folder, { recursive: true });
});

const published = async () => {
  const bucket = `fairlead-${stage}-config-111122223333-eu-west-1`;
  const one = await createReadPublished(new S3Client(clientOf(cloud)), bucket)(undefined, AbortSignal.timeout(5000));
  return typeof one === 'object' ? parseConfigFiles(one.text) : undefined;
};

const edit = async (file: string, from: string, to: string): Promise<void> => {
  const before = await readFile(join(folder, file), 'utf8');
  expect(before).toContain(from);
  await writeFile(join(folder, file), before.replace(from, to));
};

interface Typing {
  readonly isTTY?: boolean;
  readonly answer?: string;
  readonly open?: () => Promise<ConfigPlace>;
}

const run = async (more: Partial<Publishing> = {}, { isTTY = true, answer = 'y\n', open }: Typing = {}) => {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdin.end(answer);
  const code = await publishConfig(
    { config, stage, dryRun: false, yes: false, switchOffWrong: false, ...more },
    { argv: [], env: environment(), stdin, stdout, stderr },
    open ?? (() => openConfigPlace(stage, environment())),
  );
  stdout.end();
  return { code, said: await text(stdout) };
};

describe('config:publish', () => {
  test('shows what is new, asks, and publishes what the build would bundle', async () => {
    const { code, said } = await run();
    expect(code).toBe(0);
    expect(said).toContain('Nothing is published: functions act by what they were deployed with.');
    expect(said).toContain('+ environment checkout/staging');
    expect(said).toMatch(/Version \w{12} is published, as \S+\. Functions act by it within a minute\./);
    expect(await published()).toMatchObject({ services: [{ file: 'services/checkout.yaml' }] });
  });

  test('shows what changes against what is published, and says where nothing does', async () => {
    await run();
    await edit('services/checkout.yaml', 'rollback: auto', 'rollback: ask');
    const { said } = await run();
    expect(said).toMatch(
      /^Published now is version \w{12} \(s3:\/\/fairlead-s\d+-config-111122223333-eu-west-1\/fairlead.json\)\.$/m,
    );
    expect(said).toContain('~ environment checkout/staging\n    rollback: "auto" → "ask"\n');
    expect(await run()).toEqual({ code: 0, said: expect.stringMatching(/^Version \w{12} is published already\.\n$/) });
  });

  test('publishes nothing by --dry-run, by a no, or where nobody can be asked', async () => {
    expect((await run({ dryRun: true }, { isTTY: false })).code).toBe(0);
    expect((await run({}, { answer: 'n\n' })).code).toBe(1);
    await expect(run({}, { isTTY: false })).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('--yes'),
    });
    expect(await published()).toBe(undefined);
  });

  test('refuses what is wrong, all at once, with file and path', async () => {
    await edit('fairlead.yaml', 'teams:', 'tems:');
    await edit('services/checkout.yaml', 'rollback: auto', 'rollback: maybe');
    const error = await run().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Failure);
    expect(String(error)).toContain('fairlead.yaml: teams:');
    expect(String(error)).toContain('services/checkout.yaml: checkout.environments.staging.rollback:');
    expect(await published()).toBe(undefined);
  });

  test('refuses a wrong service, unless it shall be switched off', async () => {
    await edit('services/checkout.yaml', 'rollback: auto', 'rollback: maybe');
    await expect(run()).rejects.toThrow('--switch-off-wrong');
    const { code, said } = await run({ switchOffWrong: true });
    expect(code).toBe(0);
    expect(said).toContain('+ switched off: checkout');
  });

  test('replaces what it has shown, and not what somebody else published meanwhile', async () => {
    await run();
    await edit('services/checkout.yaml', 'rollback: auto', 'rollback: ask');
    const open = async (): Promise<ConfigPlace> => {
      const place = await openConfigPlace(stage, environment());
      return {
        ...place,
        publish: async (content, replacing) => {
          await place.publish('{"somebody":"else"}', replacing);
          return place.publish(content, replacing);
        },
      };
    };
    await expect(run({}, { open })).rejects.toThrow('Somebody else has published meanwhile');
    expect((await run()).said).toContain('What is published now cannot be read by this version of Fairlead');
  });

  test('says of a stage that is not there what to do', async () => {
    await expect(run({}, { open: () => openConfigPlace('nowhere', environment()) })).rejects.toThrow(
      'There is no bucket for the configuration of the stage nowhere',
    );
  });

  test('is what npm run config:publish does, from whatever folder', async () => {
    const ran = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      const args = ['commands/config-publish.ts', '--config', 'fairlead.yaml', '--stage', stage, '--yes'];
      const env = { ...environment(), INIT_CWD: folder };
      execFile(process.execPath, args, { cwd: root, env }, (_, stdout, stderr) => resolve({ stdout, stderr }));
    });
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('is published, as');
    expect(await published()).toBeDefined();
  });
});
