import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Model } from '#local/template/model.ts';
import { readTemplate } from '#local/template/read-template.ts';
import { TemplateRefused } from '#local/template/refusal.ts';
import { changedFixture } from '../fixture/changed.ts';
import { packagedFixture } from '../fixture/packaged.ts';

const place = { account: '111122223333', region: 'eu-west-1', stackName: 'fixture-test' };
const imports = { 'another-stack': 'imported' };

// biome-ignore lint/suspicious/noExplicitAny: a template is changed anywhere
type Json = Record<string, any>;

let folder: string;
let template: Json;
let model: Model;

beforeAll(async () => {
  folder = await packagedFixture();
  template = JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  model = readTemplate(folder, { ...place, imports });
});

const functionNamed = (name: string) => model.functions.find((one) => one.name === `fixture-test-${name}`)!;
const queueNamed = (logicalId: string) => model.queues.find((one) => one.logicalId === logicalId)!;

describe('what serverless package wrote', () => {
  test('is read into functions with artifact, limits, role and failure destination', () => {
    const actor = functionNamed('actor');
    expect(actor).toMatchObject({
      arn: 'arn:aws:lambda:eu-west-1:111122223333:function:fixture-test-actor',
      artifact: join(folder, 'actor.zip'),
      handler: 'dist/actor/index.handler',
      runtime: 'nodejs24.x',
      timeoutSeconds: 1,
      memoryMb: 256,
      logGroup: '/aws/lambda/fixture-test-actor',
      asynchronous: { maximumRetryAttempts: 1, maximumEventAgeSeconds: 21_600, onFailure: queueNamed('Failures').arn },
    });
    expect(actor.role.statements).toContainEqual({
      effect: 'Allow',
      actions: ['events:PutEvents'],
      resources: ['arn:aws:events:eu-west-1:111122223333:event-bus/fixture-test'],
    });
    expect(functionNamed('web').asynchronous).toEqual({
      maximumRetryAttempts: 2,
      maximumEventAgeSeconds: 21_600,
      onFailure: undefined,
    });
  });

  test('may name the layer with git, for which the machine’s own git stands in', () => {
    expect(functionNamed('worker').layers).toEqual(['{{resolve:ssm:/fixture/layers/git}}']);
    expect(functionNamed('web').layers).toEqual([]);
  });

  test('has every reference in environment variables resolved', () => {
    expect(functionNamed('web').environment).toEqual({
      STACK: 'fixture-test',
      BUS: 'fixture-test',
      WORK_URL: queueNamed('Work').url,
      WORK_ARN: queueNamed('Work').arn,
      SECRETS: 'arn:aws:ssm:eu-west-1:111122223333:parameter/fixture/*',
      JOINED: 'table-fixture-table',
      IMPORTED: 'imported',
    });
  });

  test('is read into rules of the custom and of the default bus', () => {
    const [custom, standard] = model.rules.filter(({ name }) => name.startsWith('fixture-test-actor'));
    expect(custom).toMatchObject({
      arn: 'arn:aws:events:eu-west-1:111122223333:rule/fixture-test/fixture-test-actor-rule-1',
      bus: 'fixture-test',
      enabled: true,
      pattern: { source: ['fixture'], detail: { to: ['actor'] } },
      targets: [
        {
          arn: functionNamed('actor').arn,
          deadLetterArn: queueNamed('Failures').arn,
          maximumRetryAttempts: 3,
          maximumEventAgeSeconds: 3600,
        },
      ],
    });
    expect(standard).toMatchObject({
      arn: 'arn:aws:events:eu-west-1:111122223333:rule/fixture-test-actor-rule-2',
      bus: 'default',
      targets: [{ maximumRetryAttempts: 185, maximumEventAgeSeconds: 86_400 }],
    });
  });

  test('is read into queues, their policies and their mappings', () => {
    expect(queueNamed('Work')).toMatchObject({
      name: expect.stringMatching(/^fixture-test-Work-/),
      visibilityTimeoutSeconds: 30,
      retentionSeconds: 345_600,
      redrive: { deadLetterArn: queueNamed('Failures').arn, maxReceiveCount: 3 },
    });
    expect(queueNamed('Failures')).toMatchObject({
      url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/fixture-failures',
      urlPath: '/111122223333/fixture-failures',
    });
    const queues = [queueNamed('Failures').arn, queueNamed('Work').arn];
    expect(model.queuePolicies).toMatchObject([{ effect: 'Allow', principals: ['events.amazonaws.com'], queues }]);
    expect(model.queueMappings).toMatchObject([
      {
        queueArn: queueNamed('Work').arn,
        functionArn: functionNamed('worker').arn,
        batchSize: 100,
        windowSeconds: 1,
        maximumConcurrency: 2,
        reportBatchItemFailures: true,
      },
    ]);
  });

  test('is read into the API, the tables, the log groups and the outputs', () => {
    expect(model.httpApi).toMatchObject({ stage: '$default', throttling: { burst: 20, rate: 0.001 } });
    expect(model.httpApi?.routes.map(({ key, functionArn }) => [key, functionArn])).toContainEqual([
      'POST /echo',
      functionNamed('web').arn,
    ]);
    expect(model.tables).toMatchObject([
      {
        name: 'fixture-table',
        ttlAttribute: 'expires',
        create: { GlobalSecondaryIndexes: [{ IndexName: 'by-place' }] },
      },
    ]);
    expect(model.logGroups).toContainEqual({
      logicalId: 'WebLogGroup',
      name: '/aws/lambda/fixture-test-web',
      retentionDays: 7,
    });
    expect(model.outputs).toContainEqual({
      logicalId: 'BusName',
      value: 'fixture-test',
      exportName: 'fixture-test-bus',
    });
  });
});

type Change = readonly [path: string, value: unknown];

/** Sets what is at a path such as `Work.Queues.0`; undefined removes it. */
const set = (changed: Json, [path, value]: Change): void => {
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((json, key) => json[key], changed);
  parent[last] = value;
};

const refusalsOf = (...changes: Change[]): readonly string[] => {
  const changed = structuredClone(template);
  for (const change of changes) set(changed, change);
  try {
    readTemplate(changed, { ...place, imports });
  } catch (error) {
    if (error instanceof TemplateRefused) return error.problems;
    throw error;
  }
  return [];
};

/** Of a change to a resource's properties. */
const refusalsIn = (path: string, value: unknown): readonly string[] => {
  const [logicalId, ...rest] = path.split('.');
  return refusalsOf([`Resources.${logicalId}.Properties.${rest.join('.')}`, value]);
};

describe('what is not known here is refused by name', () => {
  test.each([
    ['a property', 'Work.FifoQueue', true, 'Work.Properties.FifoQueue: is not known here'],
    ['a target option', 'ToWork.Targets.0.InputPath', '$', 'ToWork.Properties.Targets[0].InputPath: is not known here'],
    [
      'an unknown kind of schedule',
      'ToWork.ScheduleExpression',
      'at(2026-11-23T04:12:00)',
      'ToWork.Properties.ScheduleExpression: is neither rate(<n> <unit>) nor cron(<six fields>)',
    ],
    [
      'a rule with a schedule and a pattern',
      'ToWork.ScheduleExpression',
      'rate(1 day)',
      'ToWork.Properties: must have either an EventPattern or a ScheduleExpression',
    ],
    [
      'an intrinsic',
      'Bus.Name',
      { 'Fn::If': [] },
      'Bus.Properties.Name.Fn::If: is an intrinsic that is not known here',
    ],
    [
      'an attribute',
      'Bus.Name',
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      'Bus.Properties.Name.Fn::GetAtt: Table has no attribute StreamArn here',
    ],
    ['a reference', 'Bus.Name', { Ref: 'Nothing' }, 'Bus.Properties.Name.Ref: there is no resource Nothing'],
    [
      'a condition of a role',
      'ActorRole.Policies.0.PolicyDocument.Statement.0.Condition',
      { Bool: {} },
      'ActorRole.Properties.Policies[0].PolicyDocument.Statement[0].Condition: is not known here',
    ],
    [
      'a runtime',
      'WebLambdaFunction.Runtime',
      'python3.13',
      'WebLambdaFunction.Properties.Runtime: must be a Node.js runtime',
    ],
    [
      'a second layer',
      'WebLambdaFunction.Layers',
      ['git', 'another'],
      'WebLambdaFunction.Properties.Layers: may name one layer here: that with git',
    ],
    [
      'a kind of API',
      'HttpApi.ProtocolType',
      'WEBSOCKET',
      'HttpApi.Properties.ProtocolType: Invalid input: expected "HTTP"',
    ],
  ])('%s', (_, path, value, problem) => {
    expect(refusalsIn(path, value)).toContain(problem);
  });

  test.each([
    [
      'a type of resource',
      'Resources.Stream',
      { Type: 'AWS::Kinesis::Stream' },
      'Stream.Type: AWS::Kinesis::Stream is not known here',
    ],
    [
      'a property of a bucket',
      'Resources.Files.Properties.WebsiteConfiguration',
      {},
      'Files.Properties.WebsiteConfiguration: is not known here',
    ],
    [
      'a policy of a bucket that would allow something',
      'Resources.FilesPolicy.Properties.PolicyDocument.Statement.0.Effect',
      'Allow',
      'FilesPolicy.Properties.PolicyDocument.Statement[0].Effect: must be Deny: a policy that allows something is not known here',
    ],
    ['a section of the template', 'Conditions', {}, 'Conditions: is not known here'],
    ['a condition of a resource', 'Resources.Bus.Condition', 'Live', 'Resources.Bus.Condition: is not known here'],
  ])('%s', (_, path, value, problem) => {
    expect(refusalsOf([path, value])).toContain(problem);
  });

  test('and all problems are told at once', () => {
    const problems = refusalsOf(
      ['Resources.Work.Properties.FifoQueue', true],
      ['Resources.Table.Properties.StreamSpecification', {}],
      ['Resources.Stream', { Type: 'AWS::Kinesis::Stream' }],
    );
    expect(problems).toEqual([
      'Work.Properties.FifoQueue: is not known here',
      'Table.Properties.StreamSpecification: is not known here',
      'Stream.Type: AWS::Kinesis::Stream is not known here',
    ]);
  });

  test('and so is a function whose zip is not there', async () => {
    const packaged = await changedFixture({ 'WebLambdaFunction.Properties.Code.S3Key': 'a/lost.zip' });
    expect(() => readTemplate(packaged, { ...place, imports })).toThrow(
      /WebLambdaFunction\.Code: .*lost\.zip is not there/,
    );
    await rm(packaged, { recursive: true });
  });

  test('and so is an import that nobody gives', () => {
    expect(() => readTemplate(template, place)).toThrow('no value is given for the import another-stack');
  });
});

describe('a schedule', () => {
  const onDefault: Change[] = [
    ['Resources.ToWork.Properties.EventPattern', undefined],
    ['Resources.ToWork.Properties.EventBusName', undefined],
  ];
  const refusalsOfSchedule = (expression: string): readonly string[] =>
    refusalsOf(...onDefault, ['Resources.ToWork.Properties.ScheduleExpression', expression]);

  test.each(['rate(1 day)', 'rate(12 hours)', 'cron(0 4 * * ? *)', 'cron(0/15 8-17 ? * MON-FRI *)'])(
    '%s is told of, beside the rules',
    (expression) => {
      const changed = structuredClone(template);
      for (const change of onDefault) set(changed, change);
      set(changed, ['Resources.ToWork.Properties.ScheduleExpression', expression]);
      const { rules, schedules } = readTemplate(changed, { ...place, imports });
      expect(schedules).toMatchObject([{ logicalId: 'ToWork', bus: 'default', enabled: true, expression }]);
      expect(rules.map(({ logicalId }) => logicalId)).not.toContain('ToWork');
    },
  );

  test.each(['rate(1 days)', 'rate(2 day)', 'rate(0 days)', 'cron(0 4 * * * *)', 'cron(0 4 * * ?)', '1 day'])(
    '%s is refused, as AWS would',
    (expression) => expect(refusalsOfSchedule(expression)).toHaveLength(1),
  );

  test('runs on the default bus alone', () => {
    const [withoutPattern] = onDefault;
    expect(refusalsOf(withoutPattern!, ['Resources.ToWork.Properties.ScheduleExpression', 'rate(1 day)'])).toContain(
      'ToWork.Properties.EventBusName: a schedule runs on the default bus alone',
    );
  });
});

describe('what AWS would refuse is refused', () => {
  test.each([
    [
      'a batch above ten without a window',
      'WorkerEventSourceMappingSQSWork.MaximumBatchingWindowInSeconds',
      0,
      'WorkerEventSourceMappingSQSWork.Properties.MaximumBatchingWindowInSeconds: must be at least 1',
    ],
    ['a visibility time-out shorter than the function may take', 'Work.VisibilityTimeout', 4, 'time-out is shorter'],
    ['a mapping whose role may not read the queue', 'WorkerRole.Policies', [], 'may not sqs:ReceiveMessage'],
    ['a rule on a bus that is not there', 'ToWork.EventBusName', 'other', 'ToWork.EventBusName: other is no bus'],
    [
      'a dead-letter queue that is not there',
      'Work.RedrivePolicy.deadLetterTargetArn',
      'x',
      'x is no queue of this stack',
    ],
    ['a name that is made of itself', 'Bus.Name', { 'Fn::Join': ['-', ['a', { Ref: 'Bus' }]] }, 'refers to itself'],
  ])('%s', (_, path, value, problem) => {
    expect(refusalsIn(path, value).join('\n')).toContain(problem);
  });
});
