import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { readTemplate } from '#local/template/read-template.ts';
import type { Service } from '#shared/config/config.ts';

const root = join(import.meta.dirname, '../..');
const osls = join(createRequire(import.meta.url).resolve('serverless/package.json'), '../bin/serverless.js');

const slow = Boolean(process.env.FAIRLEAD_SLOW);

let fairlead: Fairlead;

beforeAll(async () => {
  if (!slow) return;
  fairlead = await startFairlead({ config: join(root, 'examples/acme/fairlead.yaml'), stage: 'dev', empty: true });
});
afterAll(() => fairlead?.close());

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const clientOptions = () => ({ endpoint: fairlead.cloud.endpoint, region: 'eu-west-1', credentials });

/** What somebody types who has set the endpoint and the credentials, and nothing else of AWS. */
const serverless = async (command: string, params: Readonly<Record<string, string>> = fairlead.params, cwd = root) => {
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    SLS_AWS_MONITORING_FREQUENCY: '100',
    NODE_OPTIONS: `--require ${join(import.meta.dirname, 'only-loopback.cjs')}`,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [osls, command, '--stage', 'dev', ...given],
      {
        cwd,
        env,
      },
    );
    expect(stderr).not.toContain('OUTSIDE');
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
};

const gitLayer = 'arn:aws:lambda:eu-west-1:111122223333:layer:fairlead-git-dev:1';

const stackStatus = async () => {
  const cloudFormation = new CloudFormationClient(clientOptions());
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'fairlead-dev' }));
  return Stacks[0]?.StackStatus;
};

const deliver = async () => {
  const service = fairlead.config.services.find(({ source }) => source !== undefined) as Service;
  const { chain } = await pushService(fairlead.github.url, service);
  await fairlead.idle();
  return fairlead.slack.messages().filter(({ metadata }) => JSON.stringify(metadata ?? {}).includes(chain));
};

const logLevel = () =>
  fairlead.cloud.model.functions.map(({ environment }) => environment.POWERTOOLS_LOG_LEVEL).find(Boolean);

describe.skipIf(!slow)('serverless', { timeout: 180_000 }, () => {
  test('deploys the layer with git, which is larger than one upload, and says where it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-git-layer-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const file of ['serverless.yml', 'serverless-plugin.cjs']) {
      await cp(join(root, 'layers/git', file), join(folder, file));
    }
    await mkdir(join(folder, 'dist'));
    const zip = zipSync({ 'bin/git': randomBytes(10_000_000) }, { level: 0 });
    await writeFile(join(folder, 'dist/git-layer-x86_64.zip'), zip);
    const { code, said } = await serverless('deploy', {}, folder);
    expect([code, said]).toEqual([0, expect.stringContaining('deployed to stack fairlead-git-layer-dev')]);
    expect(fairlead.cloud.parameters.get('/fairlead/dev/layers/git')?.value).toBe(gitLayer);
  });

  test('deploys into an empty account, and a push goes through what was deployed', async () => {
    const { code, said } = await serverless('deploy');
    expect(said).toContain('Service deployed to stack fairlead-dev');
    expect(code).toBe(0);
    const { layers } = fairlead.cloud.model.functions.find(({ name }) => name.endsWith('image-tag-updater')) ?? {};
    expect(layers).toEqual([gitLayer]);
    const [message] = await deliver();
    expect(message?.text).toContain('verified');
  });

  test('uploads the template and the zips that npm start would run', async () => {
    const folder = join(root, '.serverless');
    const { model } = fairlead.cloud;
    const local = readTemplate(folder, {
      account: model.account,
      region: model.region,
      stackName: 'fairlead-dev',
      queueUrlBase: fairlead.cloud.endpoint,
    });
    const plain = (one: typeof model) => ({
      ...one,
      stackName: '',
      // The layer's own stack is in the account, too.
      parameters: [],
      outputs: [],
      buckets: one.buckets.filter(({ name }) => name.startsWith('fairlead-dev-')),
      functions: one.functions.map(({ artifact, layers, ...others }) => others),
    });
    expect(plain(model)).toEqual(plain(local));
    expect(model.outputs).toEqual(expect.arrayContaining([...local.outputs]));
    const zips = (one: typeof model) => Promise.all(one.functions.map(({ artifact }) => readFile(artifact)));
    expect(await zips(model)).toEqual(await zips(local));
  });

  test('says what is deployed', async () => {
    const { said } = await serverless('info', {});
    expect(said).toContain('stack: fairlead-dev');
    expect(said).toContain('image-tag-updater: fairlead-dev-image-tag-updater');
    expect(said).toMatch(/POST - https:\/\/\w+\.execute-api\.eu-west-1\.amazonaws\.com\/webhooks\/github/);
  });

  test('does nothing when nothing changed', async () => {
    const lambda = new LambdaClient(clientOptions());
    const command = new GetFunctionCommand({ FunctionName: 'fairlead-dev-github-webhook' });
    const before = await lambda.send(command);
    const { code, said } = await serverless('deploy');
    expect([code, said]).toEqual([0, expect.stringContaining('No changes to deploy')]);
    expect((await lambda.send(command)).Configuration).toEqual(before.Configuration);
  });

  test('brings a change, and what is in the tables stays', async () => {
    expect(logLevel()).toBe('INFO');
    const { code } = await serverless('deploy', { ...fairlead.params, logLevel: 'WARN' });
    expect([code, logLevel()]).toEqual([0, 'WARN']);
    const [message] = await deliver();
    // The image before it is known: it was verified before the update.
    expect(message?.text).toContain('verified');
  });

  test('leaves the old stack running when an update fails, and says why', async () => {
    const broken = { ...fairlead.params, burst: 'many' };
    const { code, said } = await serverless('deploy', broken);
    expect(code).toBe(1);
    expect(said).toContain('UPDATE_FAILED: HttpApiStage');
    expect(said).toContain('ThrottlingBurstLimit');
    expect(await stackStatus()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(logLevel()).toBe('WARN');
    expect((await deliver())[0]?.text).toContain('verified');
  });

  test('removes all but what is to be retained, and that is in the way of the next deployment', async () => {
    const { code, said } = await serverless('remove', {});
    expect([code, said]).toEqual([0, expect.stringContaining('successfully removed')]);
    await expect(stackStatus()).rejects.toMatchObject({ message: expect.stringContaining('does not exist') });
    expect(fairlead.cloud.model.functions).toEqual([]);
    const { tables, queues, buckets, operations } = fairlead.cloud.model;
    const kept = [...tables, ...queues, ...buckets, ...operations.archives].map(({ name }) => name);
    expect(kept.filter((name) => !name.startsWith('fairlead-git-layer-'))).toEqual([
      'fairlead-dev-deliveries',
      'fairlead-dev-image-requests',
      'fairlead-dev-failures',
      'fairlead-dev-config-111122223333-eu-west-1',
      'fairlead-dev',
    ]);
    const again = await serverless('deploy');
    expect(again.said).toContain('already exists');
  });
});
