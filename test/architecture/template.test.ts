import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { problemsOf } from '#local/eventbridge/pattern.ts';
import type { Model } from '#local/template/model.ts';
import { allows, mayInvoke, maySend } from '#local/template/permissions.ts';
import { type Packaged, packagedStack } from './packaged.ts';

/** What cannot be made again from elsewhere. */
const holdsData = ['ConfigBucket', 'DeliveriesTable', 'EventArchive', 'FailureQueue', 'ImageRequestQueue'];

/** What may go with the stack: how to remember a week, logs, and the zips of a deployment. */
const mayGo = ['IdempotencyTable', 'ServerlessDeploymentBucket'];

const keepsSomething = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::Events::Archive'];

let stack: Packaged;
let model: Model;

beforeAll(async () => {
  stack = await packagedStack();
  model = stack.model;
});

const propertiesOf = <Shape extends z.ZodType>(type: string, schema: Shape): [string, z.output<Shape>][] =>
  stack.of(type).map(([id, { Properties }]) => [id, schema.parse(Properties)]);

describe('every rule', () => {
  test('has a pattern that EventBridge takes', () => {
    for (const { name, pattern } of model.rules) expect(problemsOf(pattern), name).toEqual([]);
  });

  test('tries for a day, and puts what it could not deliver into a queue that lets this very rule in', () => {
    expect(model.rules.length).toBeGreaterThan(10);
    for (const { name, arn, targets } of [...model.rules, ...model.schedules]) {
      expect(targets, name).not.toEqual([]);
      for (const { deadLetterArn, maximumEventAgeSeconds, maximumRetryAttempts } of targets) {
        expect([maximumEventAgeSeconds, maximumRetryAttempts], name).toEqual([86_400, 185]);
        expect(maySend(model, deadLetterArn!, { principal: 'events.amazonaws.com', sourceArn: arn }), name).toBe(true);
      }
    }
  });

  test('may send to its target, where that is a queue', () => {
    const queues = new Set(model.queues.map(({ arn }) => arn));
    for (const { name, arn, targets } of model.rules)
      for (const target of targets.filter((one) => queues.has(one.arn)))
        expect(maySend(model, target.arn, { principal: 'events.amazonaws.com', sourceArn: arn }), name).toBe(true);
  });
});

test('every schedule is on, and may invoke its function', () => {
  expect(model.schedules.map(({ expression }) => expression)).toEqual(['rate(1 day)']);
  for (const { arn, enabled, targets } of model.schedules) {
    expect(enabled).toBe(true);
    for (const target of targets)
      expect(mayInvoke(model, target.arn, { principal: 'events.amazonaws.com', sourceArn: arn })).toBe(true);
  }
});

test('a rule of another stage or of somebody else does not get into a queue', () => {
  const at = `${model.region}:${model.account}`;
  for (const sourceArn of [
    `arn:aws:events:${at}:rule/fairlead-production/fairlead-production-event-log-rule-1`,
    `arn:aws:events:${at}:rule/fairlead-blue2-event-log-rule-1`,
    `arn:aws:events:${at}:rule/somebody`,
    `arn:aws:events:${model.region}:444455556666:rule/fairlead-blue-event-log-rule-1`,
  ])
    for (const { arn, name } of model.queues)
      expect(maySend(model, arn, { principal: 'events.amazonaws.com', sourceArn }), `${sourceArn} ${name}`).toBe(false);
});

describe('every function', () => {
  test('that is invoked asynchronously has a failure destination that its role may send to', () => {
    const invoked = new Set(
      [...model.rules, ...model.schedules].flatMap(({ targets }) => targets.map(({ arn }) => arn)),
    );
    for (const { name, arn, role, asynchronous } of model.functions) {
      expect(asynchronous.onFailure !== undefined, name).toBe(invoked.has(arn));
      if (asynchronous.onFailure !== undefined)
        expect(allows(role.statements, 'sqs:SendMessage', asynchronous.onFailure), name).toBe(true);
    }
  });

  test('has a log group of its own that does not grow for ever', () => {
    const groups = new Map(model.logGroups.map(({ name, retentionDays }) => [name, retentionDays]));
    expect(groups.size).toBe(model.functions.length);
    for (const { logGroup } of model.functions) expect(groups.get(logGroup), logGroup).toBe(400);
  });

  test('has room and time that fit: never more time than its caller waits', () => {
    const fedByApi = new Set(model.httpApi?.routes.map(({ functionArn }) => functionArn));
    for (const { name, arn, memoryMb, timeoutSeconds } of model.functions) {
      expect(memoryMb, name).toBeGreaterThanOrEqual(256);
      expect(memoryMb, name).toBeLessThanOrEqual(1024);
      expect(timeoutSeconds, name).toBeGreaterThanOrEqual(9);
      expect(timeoutSeconds, name).toBeLessThanOrEqual(fedByApi.has(arn) ? 29 : 300);
    }
  });

  test('has a name and a role of its own, and may not do everything with anything', () => {
    expect(new Set(model.functions.map(({ role }) => role.arn)).size).toBe(model.functions.length);
    for (const { role } of model.functions)
      for (const { actions, resources } of role.statements) {
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        expect(resources).not.toContain('*');
      }
  });

  test('finds no secret in its environment, only where secrets are', () => {
    const known = [
      'EVENT_BUS',
      'IDEMPOTENCY_TABLE',
      'NODE_OPTIONS',
      'POWERTOOLS_LOG_LEVEL',
      'SECRETS',
      'STAGE',
      'TABLE',
    ];
    const ofSome = [
      'ACCOUNT',
      'API_ID',
      'CONFIG_BUCKET',
      'FAILURE_QUEUE',
      'LEASE_SECONDS',
      'PUSH_GRACE_SECONDS',
      'SLACK_API_URL',
      'VERIFIED_GRACE_SECONDS',
    ];
    for (const { name, environment } of model.functions) {
      expect(
        Object.keys(environment).filter((variable) => ![...known, ...ofSome].includes(variable)),
        name,
      ).toEqual([]);
      expect(environment.SECRETS).toBe('/fairlead/blue');
    }
  });
});

describe('every queue', () => {
  test('that feeds a function hides a message six times as long as the function may take, and longer than its window', () => {
    expect(model.queueMappings).toHaveLength(1);
    for (const { queueArn, functionArn, windowSeconds } of model.queueMappings) {
      const { visibilityTimeoutSeconds } = model.queues.find(({ arn }) => arn === queueArn)!;
      const { timeoutSeconds } = model.functions.find(({ arn }) => arn === functionArn)!;
      expect(visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * timeoutSeconds + windowSeconds);
    }
  });

  test('keeps its messages as long as SQS can, and gives them to the failure queue rather than to nobody', () => {
    for (const { name, retentionSeconds, redrive } of model.queues) {
      expect(retentionSeconds, name).toBe(1_209_600);
      if (!name.endsWith('-failures')) expect(redrive?.deadLetterArn).toMatch(/:fairlead-blue-failures$/);
    }
  });
});

describe('what holds data', () => {
  test('is all there is that keeps something, and decided upon', () => {
    const keeping = Object.entries(stack.template.Resources).filter(([, { Type }]) => keepsSomething.includes(Type));
    expect(keeping.map(([id]) => id).sort()).toEqual([...holdsData, ...mayGo].sort());
  });

  test('is neither deleted with the stack nor replaced by a change', () => {
    for (const id of holdsData)
      expect(stack.template.Resources[id], id).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
  });

  test('is encrypted, and can be brought back to any second of five weeks where it is a table of what happened', () => {
    const encrypted = z.looseObject({ SSESpecification: z.object({ SSEEnabled: z.literal(true) }) });
    expect(propertiesOf('AWS::DynamoDB::Table', encrypted).length).toBeGreaterThan(0);
    expect(propertiesOf('AWS::SQS::Queue', z.looseObject({ SqsManagedSseEnabled: z.literal(true) }))).toHaveLength(2);
    const bucket = z.looseObject({ BucketEncryption: z.object({}) });
    expect(propertiesOf('AWS::S3::Bucket', bucket).length).toBeGreaterThan(0);
    expect(stack.template.Resources.DeliveriesTable?.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

/** What an account holds once under a name. CloudFormation names the rest by the stack, whose name has the stage in it. */
const names: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SNS::Topic': 'TopicName',
};

const namesOf = ({ template }: Packaged): string[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const name = Properties[names[Type] ?? ''];
    return typeof name === 'string' ? [name] : [];
  });

test('two stages live in one account: every name and export carries the stage', () => {
  const taken = namesOf(stack);
  expect(taken.length).toBeGreaterThan(40);
  for (const name of taken) expect(name).toContain('fairlead-blue');
  for (const { exportName = 'fairlead-blue' } of model.outputs) expect(exportName).toContain('fairlead-blue');
});
