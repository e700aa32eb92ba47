import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Packaged, packagedStack } from './packaged.ts';

const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call';

let plain: Packaged;
let other: Packaged;

beforeAll(async () => {
  plain = await packagedStack();
  other = await packagedStack({
    alarmEmail: 'on-call@acme.example',
    alarmTopicArn: topic,
    vpcSubnetIds: 'subnet-0a1b2c3d4e5f67890, subnet-11111111',
    vpcSecurityGroupIds: 'sg-0a1b2c3d',
    archiveRetentionInDays: '7',
    logRetentionInDays: '14',
  });
});

const functionOf = ({ model }: Packaged, name: string) => model.functions.find((one) => one.name.endsWith(name))!;

const ec2Of = (packaged: Packaged, name: string): string[] =>
  functionOf(packaged, name).role.statements.flatMap(({ actions }) => actions.filter((one) => one.startsWith('ec2:')));

describe('a network', () => {
  test('is nobody’s without the params, and no role may anything with it', () => {
    for (const { name, network } of plain.model.functions) {
      expect(network, name).toBeUndefined();
      expect(ec2Of(plain, name), name).toEqual([]);
    }
  });

  test('is given to those that ask what may be private, with what their roles need for it before they are made', () => {
    const inside = other.model.functions.filter(({ network }) => network !== undefined);
    expect(inside.map(({ name }) => name).sort()).toEqual(['fairlead-blue-argocd-sync', 'fairlead-blue-smoke-test']);
    for (const { name, network, logicalId } of inside) {
      expect(network).toEqual({
        subnets: ['subnet-0a1b2c3d4e5f67890', 'subnet-11111111'],
        securityGroups: ['sg-0a1b2c3d'],
      });
      expect(ec2Of(other, name)).toHaveLength(6);
      expect(other.template.Resources[logicalId]?.DependsOn).toContain('NetworkPolicy');
    }
    expect(ec2Of(other, 'pipeline-trigger')).toEqual([]);
  });
});

describe('alarms', () => {
  test('tell nobody without the params, and show all the same', () => {
    expect(plain.model.operations.alarms.length).toBeGreaterThan(40);
    expect(plain.model.operations.alarms.flatMap(({ actions }) => actions)).toEqual([]);
    expect(plain.model.operations.topics).toEqual([]);
  });

  test('tell an address, a topic, or both, when they begin and when they end', () => {
    const own = 'arn:aws:sns:eu-west-1:111122223333:fairlead-blue-alarms';
    expect(other.model.operations.topics).toMatchObject([{ arn: own, emails: ['on-call@acme.example'] }]);
    for (const { name, actions } of other.model.operations.alarms) expect(actions, name).toEqual([own, topic]);
    for (const [, { Properties }] of other.of('AWS::CloudWatch::Alarm'))
      expect(Properties.OKActions).toEqual(Properties.AlarmActions);
  });
});

test('what is kept is kept for as long as the params say', () => {
  const daysOf = ({ model }: Packaged) => [
    ...model.operations.archives.map(({ retentionDays }) => retentionDays),
    ...new Set(model.logGroups.map(({ retentionDays }) => retentionDays)),
  ];
  expect([daysOf(plain), daysOf(other)]).toEqual([
    [30, 400],
    [7, 14],
  ]);
});

type VariableFile = (of: { resolveVariable(name: string): Promise<string> }) => Promise<object>;

test('an account that may forward events is told by its number', async () => {
  const forwarding: VariableFile = createRequire(import.meta.url)('../../operations/forwarding.cjs');
  const given = (accounts: string) =>
    forwarding({ resolveVariable: async (name) => (name === 'sls:stage' ? 'blue' : accounts) });
  expect(await given('')).toEqual({});
  await expect(given('444455556666 777788889999')).rejects.toThrow('put commas between them');
  await expect(given('44445555666')).rejects.toThrow('"44445555666" is no account');
});

describe('a network that is half said, or wrongly', () => {
  const network: VariableFile = createRequire(import.meta.url)('../../operations/network.cjs');
  const given = (vpcSubnetIds: string, vpcSecurityGroupIds: string) =>
    network({
      resolveVariable: async (name) => (name === 'param:vpcSubnetIds' ? vpcSubnetIds : vpcSecurityGroupIds),
    });

  test.each([
    ['subnets alone', 'subnet-11111111', '', 'A network needs both'],
    ['security groups alone', '', 'sg-11111111', 'A network needs both'],
    ['zones', 'eu-west-1a', 'sg-11111111', '--param="vpcSubnetIds=…": "eu-west-1a" is no id'],
    ['names', 'subnet-11111111', 'default', '--param="vpcSecurityGroupIds=…": "default" is no id'],
    ['no commas', 'subnet-11111111 subnet-22222222', 'sg-11111111', 'put commas between them'],
  ])('%s are refused when it is packaged, with what to say', async (_, subnets, groups, problem) => {
    await expect(given(subnets, groups)).rejects.toThrow(problem);
  });
});
