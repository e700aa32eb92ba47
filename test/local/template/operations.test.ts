import { describe, expect, test } from 'vitest';
import { readTemplate } from '#local/template/read-template.ts';
import { TemplateRefused } from '#local/template/refusal.ts';

const place = { account: '111122223333', region: 'eu-west-1', stackName: 'one' };

const query = {
  Id: 'm0',
  MetricStat: { Metric: { Namespace: 'AWS/SQS', MetricName: 'Age', Dimensions: [] }, Period: 60, Stat: 'Maximum' },
  ReturnData: true,
};
const alarm = {
  Metrics: [query],
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0,
  EvaluationPeriods: 1,
  AlarmActions: [{ Ref: 'Topic' }],
};
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
const region = '${AWS::Region}';
const widget = {
  type: 'metric',
  x: 0,
  y: 0,
  width: 12,
  height: 6,
  properties: {
    title: 'Ages',
    region,
    metrics: [['AWS/SQS', 'Age', 'QueueName', 'q', { label: 'q' }]],
  },
};
const statement = (...actions: string[]) => ({
  PolicyName: 'network',
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
});
const assumed = {
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
const interfaces = ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'];

const properties = {
  Bus: ['AWS::Events::EventBus', { Name: 'bus' }],
  Kept: ['AWS::Events::Archive', { SourceArn: { 'Fn::GetAtt': 'Bus.Arn' }, RetentionDays: 30 }],
  Topic: ['AWS::SNS::Topic', {}],
  Mail: ['AWS::SNS::Subscription', { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'a@acme.example' }],
  Age: ['AWS::CloudWatch::Alarm', alarm],
  Page: ['AWS::CloudWatch::Dashboard', { DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: [widget] }) } }],
  Role: ['AWS::IAM::Role', { AssumeRolePolicyDocument: assumed }],
  Policy: ['AWS::IAM::Policy', { ...statement(...interfaces), Roles: [{ Ref: 'Role' }] }],
  Function: [
    'AWS::Lambda::Function',
    {
      Code: { S3Bucket: 'b', S3Key: 'one.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': 'Role.Arn' },
      VpcConfig: { SubnetIds: ['subnet-11111111'], SecurityGroupIds: ['sg-11111111'] },
    },
  ],
} as const;

type Name = keyof typeof properties;

/** The template, with other properties of one resource. */
const readWith = (name?: Name, change: object = {}) =>
  readTemplate(
    {
      Resources: Object.fromEntries(
        Object.entries(properties).map(([id, [Type, own]]) => [
          id,
          { Type, Properties: { ...own, ...(id === name && change) } },
        ]),
      ),
    },
    place,
  );

const refusalsOf = (name: Name, change: object): readonly string[] => {
  try {
    readWith(name, change);
  } catch (error) {
    if (error instanceof TemplateRefused) return error.problems;
    throw error;
  }
  return [];
};

test('what a stack is operated by is described, with its names and references resolved', () => {
  const { operations, functions } = readWith();
  expect(operations).toMatchObject({
    alarms: [{ metrics: [{ namespace: 'AWS/SQS', name: 'Age', dimensions: {} }], expression: undefined }],
    dashboards: [{ metrics: [{ namespace: 'AWS/SQS', name: 'Age', dimensions: { QueueName: 'q' } }] }],
    archives: [{ busArn: 'arn:aws:events:eu-west-1:111122223333:event-bus/bus', pattern: {}, retentionDays: 30 }],
    topics: [{ emails: ['a@acme.example'] }],
  });
  expect(operations.alarms[0]?.actions).toEqual([operations.topics[0]?.arn]);
  expect(operations.topics[0]?.arn).toMatch(/^arn:aws:sns:eu-west-1:111122223333:one-Topic-/);
  expect(functions[0]).toMatchObject({ network: { subnets: ['subnet-11111111'], securityGroups: ['sg-11111111'] } });
  expect(functions[0]?.role.statements[0]?.actions).toEqual(interfaces);
});

describe('what CloudWatch, SNS or Lambda would refuse is refused by name', () => {
  const returned = { ...query, ReturnData: false };
  test.each<[string, Name, object, string]>([
    ['an unknown property', 'Age', { Unit: 'Count' }, 'Age.Properties.Unit: is not known here'],
    ['eleven metrics', 'Age', { Metrics: Array(11).fill(query) }, 'may name ten metrics'],
    ['no metric that is returned', 'Age', { Metrics: [returned] }, 'must return one of them'],
    ['an id twice', 'Age', { Metrics: [query, returned] }, 'must have ids of their own'],
    ['an id that CloudWatch does not take', 'Age', { Metrics: [{ ...query, Id: 'M0' }] }, 'begin in lower case'],
    [
      'a period between',
      'Age',
      { Metrics: [{ ...query, MetricStat: { ...query.MetricStat, Period: 90 } }] },
      'Metrics[0]',
    ],
    ['more points than periods', 'Age', { DatapointsToAlarm: 2 }, 'must not be more than EvaluationPeriods'],
    ['an action that is no topic', 'Age', { AlarmActions: ['ops@acme.example'] }, 'is not the ARN of a topic'],
    ['a dashboard that is no JSON', 'Page', { DashboardBody: '{' }, 'Page.Properties.DashboardBody: is no JSON'],
    [
      'a graph with half a dimension',
      'Page',
      {
        DashboardBody: JSON.stringify({
          widgets: [{ ...widget, properties: { ...widget.properties, metrics: [['AWS/SQS', 'Age', 'QueueName']] } }],
        }),
      },
      'must be a namespace, a name, and pairs of dimensions',
    ],
    [
      'an archive of another bus',
      'Kept',
      { SourceArn: 'arn:aws:events:x' },
      'arn:aws:events:x is no bus of this stack',
    ],
    [
      'a pattern that EventBridge refuses',
      'Kept',
      { EventPattern: { source: 'one' } },
      'Kept.Properties.EventPattern: ',
    ],
    ['another subscriber than a mail', 'Mail', { Protocol: 'sms' }, 'must be email'],
    ['a network without groups', 'Function', { VpcConfig: { SubnetIds: ['subnet-11111111'] } }, 'SecurityGroupIds'],
    [
      'a role that may not have interfaces',
      'Policy',
      statement('ec2:CreateNetworkInterface'),
      'Function.VpcConfig: the role of one-Function-',
    ],
  ])('%s', (_, name, change, problem) => {
    expect(refusalsOf(name, change).join('\n')).toContain(problem);
  });
});
