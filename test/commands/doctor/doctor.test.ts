import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import type { Config } from '#shared/config/config.ts';
import { examine } from '../../../commands/doctor/examine.ts';
import type { Finding } from '../../../commands/doctor/finding.ts';
import { usedIn } from '../../../commands/doctor/used.ts';
import { createClients, type World } from '../../../commands/doctor/world.ts';
import { readPresent } from '../../../commands/plan/present.ts';

const root = join(import.meta.dirname, '../../..');
const stage = 'dev';
const prefix = `/fairlead/${stage}`;

const doctor = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'commands/doctor.ts'), ...args],
      { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe('typed wrong', () => {
  test.each([
    [[], /--stage is missing/],
    [['--stage', 'nowhere-yet'], /--config is missing/],
    [['--stage', 'dev', '--api', 'ftp://x'], /--api/],
  ])('%j ends with 2', async (args, said) => {
    const { code, stdout, stderr } = await doctor(args, {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });
});

/** It packages and starts the whole stack, which takes half a minute. */
describe.skipIf(!process.env.FAIRLEAD_SLOW)('a stage', () => {
  let fairlead: Fairlead;
  let world: World;
  let healthy: Finding[];

  beforeAll(async () => {
    fairlead = await startFairlead({ config: join(root, 'examples/acme/fairlead.yaml'), stage });
    const present = await readPresent(fairlead.localConfig);
    const local = { pid: process.pid, stage, endpoint: fairlead.cloud.endpoint };
    world = {
      stage,
      prefix,
      present: { ...present, config: usedIn(present.config) },
      local,
      api: fairlead.cloud.api,
      slackApi: fairlead.slack.url,
      environment: process.env,
      clients: createClients(local),
    };
    healthy = await examine(world);
  });

  afterAll(async () => {
    await fairlead.close();
  });

  /** What is told of a broken world and not of the healthy one. */
  const told = async (broken: Partial<World> = {}): Promise<Finding[]> => {
    const known = new Set(healthy.map((finding) => JSON.stringify(finding)));
    return (await examine({ ...world, ...broken })).filter((finding) => !known.has(JSON.stringify(finding)));
  };

  const configured = (change: (config: Config) => Partial<Config>): Partial<World> => ({
    present: { ...world.present, config: { ...world.present.config, ...change(world.present.config) } },
  });

  const service = (change: (one: Config['services'][number]) => object) =>
    configured(({ services }) => ({ services: services.map((one) => ({ ...one, ...change(one) })) }));

  const environment = (change: object) =>
    service(({ environments }) => ({ environments: environments.map((one) => ({ ...one, ...change })) }));

  test('that is healthy lacks nothing, and the doctor says what it can’t tell', () => {
    expect(healthy.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(healthy.filter(({ state }) => state === 'unknown').map(({ area }) => area)).toEqual(['alarms', 'argocd']);
  });

  test.each([
    ['github/webhook-secret', ['secrets', 'webhooks']],
    ['slack/token', ['secrets']],
    ['gitops/main/token', ['secrets', 'gitops']],
    ['argocd/eu/webhook-secret', ['secrets']],
    ['argocd/eu/token', ['secrets', 'webhooks']],
    ['argocd/eu/api-token', ['argocd']],
  ])('without %s', async (path, areas) => {
    const { parameters } = fairlead.cloud;
    const { value } = parameters.get(`${prefix}/${path}`)!;
    parameters.remove(`${prefix}/${path}`);
    try {
      const findings = await told();
      expect(findings.map(({ area }) => area)).toEqual(areas);
      if (areas.includes('secrets')) expect(findings[0]?.advice).toContain(`--name ${prefix}/${path} `);
    } finally {
      parameters.put(`${prefix}/${path}`, value);
    }
  });

  test.each([
    ['gitops/main/token', 'gitops', /can't be read/],
    ['argocd/eu/webhook-secret', 'argocd', /answers 400/],
    ['argocd/eu/api-token', 'argocd', /answered 401/],
    ['slack/token', 'slack', /invalid_auth/],
  ])('with another %s', async (path, area, says) => {
    const { parameters } = fairlead.cloud;
    const { value } = parameters.get(`${prefix}/${path}`)!;
    parameters.put(`${prefix}/${path}`, 'hunter2');
    try {
      const findings = await told();
      expect(findings).toMatchObject([{ area, says: expect.stringMatching(says) }]);
      expect(JSON.stringify(findings)).not.toMatch(/hunter2|aHVudGVyMg/);
    } finally {
      parameters.put(`${prefix}/${path}`, value);
    }
  });

  test.each<[string, () => Partial<World>, string, RegExp]>([
    ['whose API is another', () => ({ api: fairlead.cloud.endpoint }), 'webhooks', /where 401 is expected/],
    [
      'whose channel is not there',
      () => configured(({ teams }) => ({ teams: { pay: { ...teams.pay!, slack: '#gone' } } })),
      'slack',
      /#gone does not exist/,
    ],
    [
      'whose pipeline is not there',
      () => service(() => ({ build: { codepipeline: { pipeline: 'gone', source: 'Source' } } })),
      'pipelines',
      /no pipeline gone/,
    ],
    [
      'whose source action is another',
      () => service(() => ({ build: { codepipeline: { pipeline: 'checkout', source: 'Git' } } })),
      'pipelines',
      /no source action Git, but Source/,
    ],
    [
      'whose branch is another',
      () => configured(({ gitops }) => ({ gitops: { main: { ...gitops.main!, branch: 'gone' } } })),
      'gitops',
      /no branch gone/,
    ],
    ['whose place is not there', () => environment({ edits: [{ path: 'apps/gone' }] }), 'gitops', /would be refused/],
    [
      'whose application is not there',
      () => environment({ applications: ['eu/gone'] }),
      'argocd',
      /no application gone/,
    ],
  ])('%s', async (_, broken, area, says) => {
    const findings = await told(broken());
    expect(findings.map((one) => one.area)).toContain(area);
    expect(findings.filter(({ state }) => state === 'missing').map((one) => one.says)).toEqual(
      expect.arrayContaining([expect.stringMatching(says)]),
    );
  });

  test('that nobody deployed', async () => {
    const findings = await told({ stage: 'gone' });
    expect(findings.filter(({ state }) => state === 'missing').map(({ says }) => says)).toEqual([
      'there is no event bus fairlead-gone',
      'there is no table fairlead-gone-deliveries',
      'there is no table fairlead-gone-idempotency',
      'there is no failure queue fairlead-gone-failures',
    ]);
  });

  test('is looked at from the command line, with nothing of its secrets', async () => {
    const args = ['--stage', stage, '--config', fairlead.localConfig, '--slack-api', fairlead.slack.url];
    const env = {
      AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const well = await doctor([...args, '--api', fairlead.cloud.api!], env);
    expect(well.stderr).toBe('');
    expect(well.stdout).toMatch(/^0 missing/m);
    expect(well.code).toBe(0);
    for (const path of ['slack/token', 'gitops/main/token', 'argocd/eu/token'])
      expect(well.stdout).not.toContain(fairlead.cloud.parameters.get(`${prefix}/${path}`)!.value);

    const { code, stdout } = await doctor([...args, '--api', fairlead.cloud.endpoint, '--json'], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ stage, findings: expect.any(Array) });
  });

  test('with a failure in its queue', async () => {
    const { sqs } = world.clients;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `fairlead-${stage}-failures` }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    expect(await told()).toMatchObject([{ area: 'failures', state: 'missing', severity: 'warning' }]);
  });
});
