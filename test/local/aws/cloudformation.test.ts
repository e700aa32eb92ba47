import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '#local/cloud.ts';
import { startDeployed } from '#local/deployed.ts';
import { clientOf } from '../fixture/start-fixture.ts';

let cloud: Cloud;
let cloudFormation: CloudFormationClient;
let throttled: string | undefined;
let held = Promise.resolve();

beforeAll(async () => {
  cloud = await startDeployed({ throttle: (action) => action === throttled, hold: () => held });
  cloudFormation = new CloudFormationClient(clientOf(cloud));
});
afterAll(() => cloud.close());

let made = 0;
let StackName: string;
beforeEach(() => {
  made += 1;
  StackName = `stack-${made}`;
});

const retained = { DeletionPolicy: 'Retain' };
const queue = (Properties: object, more: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties, ...more });
const table = (TableName: string, key = 'pk') => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
  },
});
const body = (Resources: object, Outputs: object = {}) => JSON.stringify({ Resources, Outputs });

/** Waits until what was asked for came to an end, whichever. */
const begin = (TemplateBody: string, more: Partial<CreateStackCommandInput> = {}) =>
  cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody, ...more }));
const create = async (template: string, more: Partial<CreateStackCommandInput> = {}) => {
  const { StackId = '' } = await begin(template, more);
  await cloud.idle();
  return StackId;
};
const update = async (TemplateBody: string) => {
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody }));
  await cloud.idle();
};
const remove = async () => {
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  await cloud.idle();
};
const described = async (nameOrId = StackName) => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: nameOrId }));
  return Stacks[0];
};
const events = async (nameOrId = StackName) => {
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: nameOrId }));
  return StackEvents.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`);
};
const validationError = (message: string) => ({
  name: 'ValidationError',
  message: expect.stringContaining(message),
});

const urlOf = (name: string) => `${cloud.endpoint}/111122223333/${name}`;
const send = (name: string, MessageBody: string) =>
  new SQSClient(clientOf(cloud)).send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody }));
const receive = async (name: string) => {
  const { Messages = [] } = await new SQSClient(clientOf(cloud)).send(
    new ReceiveMessageCommand({ QueueUrl: urlOf(name), VisibilityTimeout: 0 }),
  );
  return Messages.map(({ Body }) => Body);
};
const delayOf = async (name: string) => {
  const { Attributes } = await new SQSClient(clientOf(cloud)).send(
    new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames: ['DelaySeconds'] }),
  );
  return Attributes?.DelaySeconds;
};

describe('a stack', () => {
  test('is created, described, and runs', async () => {
    const template = body(
      {
        Jobs: queue({ QueueName: 'jobs' }),
        Said: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/said', Type: 'String', Value: { Ref: 'Jobs' } } },
      },
      { Jobs: { Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, Export: { Name: 'jobs-arn' } } },
    );
    const id = await create(template, { Tags: [{ Key: 'stage', Value: 'a<b' }] });
    const jobs = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
    expect(await described()).toMatchObject({
      StackId: id,
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: expect.any(Date),
      Tags: [{ Key: 'stage', Value: 'a<b' }],
      Outputs: [{ OutputKey: 'Jobs', OutputValue: jobs, ExportName: 'jobs-arn' }],
    });
    await send('jobs', 'hello');
    expect(await receive('jobs')).toEqual(['hello']);
    expect(cloud.parameters.get('/said')?.value).toBe(urlOf('jobs'));
    const { Exports } = await cloudFormation.send(new ListExportsCommand({}));
    expect(Exports).toContainEqual(expect.objectContaining({ Name: 'jobs-arn', Value: jobs }));
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
    expect(TemplateBody).toBe(template);
  });

  test('has resources by their physical ids', async () => {
    await create(body({ Mine: queue({ QueueName: 'mine' }), Unnamed: queue({}) }));
    const { StackResourceDetail } = await cloudFormation.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Mine' }),
    );
    expect(StackResourceDetail).toMatchObject({
      ResourceType: 'AWS::SQS::Queue',
      PhysicalResourceId: urlOf('mine'),
      ResourceStatus: 'CREATE_COMPLETE',
    });
    const { StackResources } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
    const { StackResourceSummaries } = await cloudFormation.send(new ListStackResourcesCommand({ StackName }));
    expect(StackResources?.map((one) => one.PhysicalResourceId)).toEqual(
      StackResourceSummaries?.map((one) => one.PhysicalResourceId),
    );
    await expect(
      cloudFormation.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Absent' })),
    ).rejects.toMatchObject(validationError(`Resource Absent does not exist for stack ${StackName}`));
  });

  test('tells its events newest first, a hundred at once', async () => {
    const queues = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`Q${index}`, queue({})]));
    await create(body(queues));
    const first = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    expect(first.StackEvents).toHaveLength(100);
    expect(first.StackEvents?.[0]).toMatchObject({
      LogicalResourceId: StackName,
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: 'CREATE_COMPLETE',
    });
    const second = await cloudFormation.send(new DescribeStackEventsCommand({ StackName, NextToken: first.NextToken }));
    expect(second.StackEvents).toHaveLength(22);
    expect(second.StackEvents?.at(-1)).toMatchObject({
      ResourceStatus: 'CREATE_IN_PROGRESS',
      LogicalResourceId: StackName,
    });
    expect(second.NextToken).toBeUndefined();
  });

  test('that changes lets nobody change it', async () => {
    const { promise, resolve: letGo } = Promise.withResolvers<void>();
    held = promise;
    await begin(body({ Q: queue({}) }));
    const other = new UpdateStackCommand({ StackName, TemplateBody: body({ Q: queue({ DelaySeconds: 1 }) }) });
    await expect(cloudFormation.send(other)).rejects.toMatchObject(
      validationError('is in CREATE_IN_PROGRESS state and can not be updated.'),
    );
    await expect(cloudFormation.send(new DeleteStackCommand({ StackName }))).rejects.toMatchObject(
      validationError('cannot be deleted while in status CREATE_IN_PROGRESS'),
    );
    letGo();
    await cloud.idle();
    expect((await described())?.StackStatus).toBe('CREATE_COMPLETE');
    await expect(begin(body({ Q: queue({}) }))).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });
});

describe('an update', () => {
  test('takes effect, and keeps what lies in queues and tables', async () => {
    await create(body({ Q: queue({ QueueName: 'kept' }), T: table('kept'), Old: queue({ QueueName: 'old' }) }));
    await send('kept', 'still here');
    const dynamo = new DynamoDBClient(clientOf(cloud));
    const Item = { pk: { S: 'a' } };
    await dynamo.send(new PutItemCommand({ TableName: 'kept', Item }));
    await update(body({ Q: queue({ QueueName: 'kept', DelaySeconds: 7 }), T: table('kept'), New: queue({}) }));
    expect(await delayOf('kept')).toBe('7');
    expect(await receive('kept')).toEqual(['still here']);
    expect((await dynamo.send(new GetItemCommand({ TableName: 'kept', Key: Item }))).Item).toEqual(Item);
    await expect(receive('old')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    expect((await events()).slice(0, 8)).toEqual([
      `${StackName} UPDATE_COMPLETE`,
      'Old DELETE_COMPLETE',
      `${StackName} UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`,
      'New CREATE_COMPLETE',
      'Q UPDATE_COMPLETE',
      'New CREATE_IN_PROGRESS',
      'Q UPDATE_IN_PROGRESS',
      `${StackName} UPDATE_IN_PROGRESS`,
    ]);
  });

  test('of nothing is refused', async () => {
    await create(body({ Q: queue({}) }));
    await expect(update(body({ Q: queue({}) }))).rejects.toMatchObject(
      validationError('No updates are to be performed.'),
    );
  });

  test('that fails says which resource and why, and the old stack goes on', async () => {
    await create(body({ Q: queue({ QueueName: 'goes-on' }), T: table('goes-on') }));
    await update(body({ Q: queue({ QueueName: 'goes-on', DelaySeconds: 901 }), T: table('goes-on', 'other') }));
    expect(await described()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
    expect(failed).toMatchObject([
      { LogicalResourceId: 'Q', ResourceStatusReason: expect.stringContaining('Q.Properties.DelaySeconds') },
    ]);
    expect(await delayOf('goes-on')).toBe('0');
    await update(body({ Q: queue({ QueueName: 'goes-on', DelaySeconds: 5 }), T: table('goes-on') }));
    expect(await delayOf('goes-on')).toBe('5');
  });

  test('does not make another table of one that has data', async () => {
    await create(body({ T: table('has-data') }));
    await update(body({ T: table('has-data', 'other') }));
    expect(await events()).toContain('T UPDATE_FAILED');
  });
});

describe('a stack that cannot be created', () => {
  const broken = body({ Good: queue({ QueueName: 'good' }), Bad: { Type: 'AWS::Kinesis::Stream' } });

  test('is rolled back, and can only be deleted then', async () => {
    await create(broken);
    expect(await described()).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    expect(await events()).toContain('Bad CREATE_FAILED');
    await expect(receive('good')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(update(body({ Q: queue({}) }))).rejects.toMatchObject(
      validationError('is in ROLLBACK_COMPLETE state'),
    );
    await remove();
    await expect(described()).rejects.toMatchObject(validationError(`${StackName} does not exist`));
  });

  test('is gone where that was asked for, and is found by its id', async () => {
    const id = await create(broken, { OnFailure: 'DELETE' });
    await expect(described()).rejects.toMatchObject(validationError('does not exist'));
    expect(await described(id)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(await events(id)).toContain('Bad CREATE_FAILED');
  });

  test('may be one whose code is not in the bucket', async () => {
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    };
    const code = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'absent', S3Key: 'code.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      },
    };
    const template = body({ Role: role, Code: code });
    await expect(create(template)).rejects.toMatchObject({ name: 'InsufficientCapabilitiesException' });
    await create(template, { Capabilities: ['CAPABILITY_IAM'] });
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')).toMatchObject({
      LogicalResourceId: 'Code',
      ResourceStatusReason: expect.stringContaining('GetObject of code.zip in absent. S3 Error Code: NoSuchKey'),
    });
  });
});

describe('a stack that is deleted', () => {
  test('leaves what is to be retained, which is in the way of the next', async () => {
    const template = body({ Q: queue({ QueueName: 'left' }, retained), Gone: queue({ QueueName: 'gone' }) });
    await create(template);
    await send('left', 'a failure');
    await remove();
    expect(await receive('left')).toEqual(['a failure']);
    await expect(receive('gone')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await create(template, { OnFailure: 'DO_NOTHING' });
    expect(await described()).toMatchObject({
      StackStatus: 'CREATE_FAILED',
      StackStatusReason: 'The following resource(s) failed to create: [Q].',
    });
    await remove();
    await new SQSClient(clientOf(cloud)).send(new DeleteQueueCommand({ QueueUrl: urlOf('left') }));
    await expect(receive('left')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await create(template);
    expect(await receive('left')).toEqual([]);
  });

  test('stays where a bucket of it is not empty', async () => {
    await create(body({ Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full' } } }));
    await new S3Client(clientOf(cloud)).send(new PutObjectCommand({ Bucket: 'full', Key: 'k', Body: 'x' }));
    await remove();
    expect(await described()).toMatchObject({ StackStatus: 'DELETE_FAILED' });
    cloud.buckets.find('full')?.delete('k');
    await remove();
    expect(cloud.buckets.find('full')).toBeUndefined();
  });

  test('may be one that is not there', async () => {
    await expect(remove()).resolves.toBeUndefined();
  });
});

describe('stacks beside each other', () => {
  test('may be deployed at once', async () => {
    const names = ['one', 'two', 'three'].map((name) => `${StackName}-${name}`);
    await Promise.all(
      names.map((name) =>
        cloudFormation.send(
          new CreateStackCommand({ StackName: name, TemplateBody: body({ Q: queue({ QueueName: name }) }) }),
        ),
      ),
    );
    await cloud.idle();
    for (const name of names) await send(name, name);
    expect(await Promise.all(names.map(receive))).toEqual(names.map((name) => [name]));
  });

  test('import what others export, and export nothing twice', async () => {
    const output = { Value: 'hello', Export: { Name: 'greeting' } };
    await create(body({ Q: queue({}) }, { Greeting: output }));
    StackName = `${StackName}-importing`;
    const imported = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/greeting', Type: 'String', Value: { 'Fn::ImportValue': 'greeting' } },
    };
    await create(body({ Said: imported }));
    expect(cloud.parameters.get('/greeting')?.value).toBe('hello');
    StackName = `${StackName}-again`;
    await create(body({ Q: queue({}) }, { Greeting: output }), { OnFailure: 'DO_NOTHING' });
    expect((await described())?.StackStatusReason).toContain('greeting is already exported by stack');
  });
});

describe('what is refused at once', () => {
  test.each([
    ['no JSON', 'Resources: {}', 'Template format error: JSON not well-formed'],
    ['no template', '{}', 'Template format error'],
    [
      'more than a request may hold',
      body({ Q: queue({ QueueName: 'x'.repeat(51_200) }) }),
      'less than or equal to 51200',
    ],
  ])('%s', async (_, TemplateBody, message) => {
    await expect(cloudFormation.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toMatchObject(
      validationError(message),
    );
    await expect(begin(TemplateBody)).rejects.toMatchObject(validationError(message));
  });

  test.each([
    ['https://s3.amazonaws.com/absent/template.json', 'The specified key does not exist'],
    ['https://example.org/template.json', 'must be a supported URL'],
  ])('the template at %s', async (TemplateURL, message) => {
    await expect(cloudFormation.send(new ValidateTemplateCommand({ TemplateURL }))).rejects.toMatchObject(
      validationError(message),
    );
  });

  test('an action and an option that are not known here, by name', async () => {
    await expect(cloudFormation.send(new DetectStackDriftCommand({ StackName }))).rejects.toMatchObject({
      message: "CloudFormation's DetectStackDrift is not known here",
    });
    await expect(begin(body({ Q: queue({}) }), { TimeoutInMinutes: 5 })).rejects.toMatchObject(
      validationError('TimeoutInMinutes'),
    );
  });

  test('a call too many', async () => {
    throttled = 'DescribeStacks';
    await expect(described()).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
    throttled = undefined;
  });
});
