import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { kinds } from '#events/catalog.ts';
import { pushService } from '#local/delivery.ts';
import { matches, problemsOf } from '#local/eventbridge/pattern.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { readTemplate } from '#local/template/read-template.ts';
import { readYaml, root } from '../architecture/stack.ts';
import { examples } from '../events/examples.ts';

const folder = join(root, 'examples/subscriber');
const slow = Boolean(process.env.FAIRLEAD_SLOW);

const { Properties: rule } = z
  .object({
    resources: z.object({
      Resources: z.object({ DeployedRule: z.object({ Properties: z.looseObject({ EventPattern: z.unknown() }) }) }),
    }),
  })
  .parse(readYaml('examples/subscriber/serverless.yml')).resources.Resources.DeployedRule;

test('the subscriber’s pattern is one that EventBridge takes, and matches what was deployed and nothing else', () => {
  expect(problemsOf(rule.EventPattern)).toEqual([]);
  const sent = examples.filter((event) =>
    matches(rule.EventPattern, {
      'detail-type': kinds.find(({ type }) => type === event.type)?.detailType,
      detail: { ...event, environment: 'production' },
    }),
  );
  expect(sent.map(({ type }) => type.split('.')[3]).sort()).toEqual(['deployed', 'rolledback', 'upgraded']);
});

describe('a rule on a bus of another stack', () => {
  const Properties = { EventBusName: { 'Fn::ImportValue': 'theirs' }, EventPattern: { source: ['x'] } };
  const template = { Resources: { Rule: { Type: 'AWS::Events::Rule', Properties } } };
  const place = { account: '111122223333', region: 'eu-west-1', stackName: 'ours' };

  test('is one that this stack imports', () => {
    const { rules } = readTemplate(template, { ...place, imports: { theirs: 'fairlead-dev' } });
    expect(rules).toMatchObject([{ bus: 'fairlead-dev', arn: expect.stringContaining(':rule/fairlead-dev/') }]);
  });

  test('is refused where nobody exports it, and where it is named without being imported', () => {
    expect(() => readTemplate(template, place)).toThrow('theirs');
    const named = { ...Properties, EventBusName: 'fairlead-dev' };
    const unknown = { Resources: { Rule: { Type: 'AWS::Events::Rule', Properties: named } } };
    expect(() => readTemplate(unknown, place)).toThrow('fairlead-dev is no bus of this stack');
  });
});

describe.skipIf(!slow)('a subscriber’s stack beside Fairlead’s', () => {
  let fairlead: Fairlead;

  beforeAll(async () => {
    fairlead = await startFairlead({ config: join(root, 'examples/acme/fairlead.yaml'), stage: 'dev', empty: true });
  });
  afterAll(() => fairlead?.close());

  const deploy = (cwd: string, params: Readonly<Record<string, string>> = {}) => {
    const osls = join(createRequire(import.meta.url).resolve('serverless/package.json'), '../bin/serverless.js');
    const { PATH, HOME } = process.env;
    const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
    return promisify(execFile)(process.execPath, [osls, 'deploy', '--stage', 'dev', ...given], {
      cwd,
      env: {
        PATH,
        HOME,
        AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_EC2_METADATA_DISABLED: 'true',
        SLS_AWS_MONITORING_FREQUENCY: '100',
      },
    }).catch((error: { stdout: string; stderr: string }) => {
      throw new Error(`${error.stdout}${error.stderr}`);
    });
  };

  test('hears of a deployment, without a word to Fairlead', { timeout: 300_000 }, async () => {
    await deploy(root, fairlead.params);
    await deploy(folder);
    const heard: string[] = [];
    fairlead.cloud.onLog((line) => {
      const text = JSON.stringify(line);
      if (text.includes('deployment-report')) heard.push(text);
    });
    const [service] = fairlead.config.services;
    if (service === undefined) throw new Error('no service');
    const { commit } = await pushService(fairlead.github.url, service);
    await fairlead.idle();
    expect(heard.join('\n')).toMatch(new RegExp(`DEPLOYED.*checkout.*staging.*${commit.slice(0, 7)}`));
  });
});
