import { CodePipelineClient, StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsError } from '#local/aws/aws-error.ts';
import type { ObservedCall } from '#local/aws/endpoint/endpoint.ts';
import type { Cloud } from '#local/cloud.ts';
import { clientOf, outcomeOf, startFixture, steps } from '../fixture/start-fixture.ts';

let cloud: Cloud;
const calls: ObservedCall[] = [];

beforeAll(async () => {
  cloud = await startFixture();
  cloud.onCall((call) => calls.push(call));
});
afterAll(() => cloud.close());

describe('SSM', () => {
  test('gives parameters by name, decrypted if asked, and by path', async () => {
    const ssm = new SSMClient(clientOf(cloud));
    cloud.parameters.put('/fixture/secret', 's3cret');
    await ssm.send(new PutParameterCommand({ Name: '/fixture/deep/plain', Value: 'text', Type: 'String' }));
    const one = await ssm.send(new GetParameterCommand({ Name: '/fixture/secret', WithDecryption: true }));
    expect(one.Parameter).toMatchObject({ Value: 's3cret', Type: 'SecureString', Version: 1 });
    expect(one.Parameter?.LastModifiedDate).toBeInstanceOf(Date);
    const encrypted = await ssm.send(new GetParameterCommand({ Name: '/fixture/secret' }));
    expect(encrypted.Parameter?.Value).not.toBe('s3cret');
    const both = await ssm.send(new GetParametersCommand({ Names: ['/fixture/deep/plain', '/absent'] }));
    expect(both).toMatchObject({ Parameters: [{ Value: 'text' }], InvalidParameters: ['/absent'] });
    const names = async (Recursive: boolean) =>
      (await ssm.send(new GetParametersByPathCommand({ Path: '/fixture', Recursive }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await names(false)).toEqual(['/fixture/secret']);
    expect(await names(true)).toEqual(['/fixture/deep/plain', '/fixture/secret']);
  });

  test('says which parameter is not there', async () => {
    const ssm = new SSMClient(clientOf(cloud));
    await expect(ssm.send(new GetParameterCommand({ Name: '/absent' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });
});

describe('DynamoDB', () => {
  test('has the tables of the template with their indexes, and conditions that fail', async () => {
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(clientOf(cloud)));
    const Item = { pk: 'a', sk: '1', place: 'here', count: 7 };
    const put = new PutCommand({ TableName: 'fixture-table', Item, ConditionExpression: 'attribute_not_exists(pk)' });
    await dynamo.send(put);
    await expect(dynamo.send(put)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    const read = await dynamo.send(new GetCommand({ TableName: 'fixture-table', Key: { pk: 'a', sk: '1' } }));
    expect(read.Item).toEqual(Item);
    const found = await dynamo.send(
      new QueryCommand({
        TableName: 'fixture-table',
        IndexName: 'by-place',
        KeyConditionExpression: 'place = :place',
        ExpressionAttributeValues: { ':place': 'here' },
      }),
    );
    expect(found.Items).toEqual([Item]);
    expect(calls.at(-1)).toMatchObject({
      function: undefined,
      service: 'dynamodb',
      action: 'Query',
      resources: ['arn:aws:dynamodb:eu-west-1:111122223333:table/fixture-table/index/by-place'],
      allowed: true,
    });
  });
});

describe('EventBridge', () => {
  test('takes events of a real client, and refuses those that only AWS may put', async () => {
    const events = new EventBridgeClient(clientOf(cloud));
    const entry = { DetailType: 'x', Detail: '{}', EventBusName: 'fixture-test' };
    const result = await events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Source: 'mine', Time: new Date('2026-01-02T03:04:05Z') },
          { ...entry, Source: 'aws.ecr' },
        ],
      }),
    );
    expect(result.FailedEntryCount).toBe(1);
    expect(result.Entries?.[0]?.EventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(result.Entries?.[1]?.ErrorCode).toBe('NotAuthorizedForSourceException');
    await expect(events.send(new PutEventsCommand({ Entries: [] }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('delivers the events of a stand-in for an AWS service', async () => {
    const functions: string[] = [];
    const unsubscribe = cloud.onInvocation((invocation) => functions.push(invocation.function));
    const Detail = JSON.stringify(steps(['count']));
    cloud.putServiceEvents([{ Source: 'aws.ecr', DetailType: 'ECR Image Action', Detail }]);
    await cloud.idle();
    unsubscribe();
    expect(functions).toEqual(['fixture-test-actor']);
  });
});

describe('Lambda and STS', () => {
  const invoke = (payload: object) =>
    new LambdaClient(clientOf(cloud)).send(
      new InvokeCommand({ FunctionName: 'fixture-test-actor', Payload: JSON.stringify(payload) }),
    );

  test('a function can be invoked by a real client', async () => {
    const { FunctionError, Payload } = await invoke(steps(['environment']));
    expect(FunctionError).toBeUndefined();
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ _HANDLER: 'dist/actor/index.handler' });
  });

  test('its error is told apart from its answer', async () => {
    const { FunctionError, Payload } = await invoke(steps(['fail', 'no']));
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ errorMessage: 'no' });
  });

  test('an unknown function is a ResourceNotFoundException', async () => {
    const lambda = new LambdaClient(clientOf(cloud));
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('a client learns who it is', async () => {
    const { Account, Arn } = await new STSClient(clientOf(cloud)).send(new GetCallerIdentityCommand({}));
    expect([Account, Arn]).toEqual(['111122223333', 'arn:aws:iam::111122223333:user/local']);
  });
});

describe('a mounted service', () => {
  test('answers its operations and errors to a real client', async () => {
    cloud.mount({
      CodePipeline_20150709: (action, input) => {
        if (action !== 'StartPipelineExecution') throw new AwsError('InvalidActionTypeException', action);
        if (JSON.stringify(input).includes('absent'))
          throw new AwsError('PipelineNotFoundException', 'no such pipeline');
        return { pipelineExecutionId: 'e-1' };
      },
    });
    const pipelines = new CodePipelineClient(clientOf(cloud));
    const start = (name: string) => pipelines.send(new StartPipelineExecutionCommand({ name }));
    expect(await start('checkout')).toMatchObject({ pipelineExecutionId: 'e-1' });
    await expect(start('absent')).rejects.toMatchObject({ name: 'PipelineNotFoundException' });
    expect(calls.at(-1)?.resources).toEqual(['arn:aws:codepipeline:eu-west-1:111122223333:absent']);
  });
});

describe("a function's role", () => {
  const act = (...list: [string, unknown?][]) => outcomeOf(cloud, 'actor', steps(...list));

  test('allows what it names', async () => {
    cloud.parameters.put('/fixture/allowed', 'yes');
    expect(await act(['parameter', '/fixture/allowed'])).toBe('yes');
    expect(calls.at(-1)).toMatchObject({
      function: 'fixture-test-actor',
      requestId: expect.any(String),
      service: 'ssm',
      action: 'GetParameter',
      input: { Name: '/fixture/allowed', WithDecryption: true },
      allowed: true,
    });
  });

  test.each([
    ['a resource that it does not name', 'parameter', '/other/secret', 'ssm:GetParameter', ':parameter/other/secret'],
    ['what it denies', 'parameter', '/fixture/denied', 'ssm:GetParameter', ':parameter/fixture/denied'],
    ['another bus', 'putDefault', undefined, 'events:PutEvents', ':event-bus/default'],
  ])('does not allow %s', async (_, step, argument, action, resource) => {
    expect(await act([step, argument])).toMatchObject({
      errorType: 'AccessDeniedException',
      errorMessage: expect.stringMatching(
        `User: arn:aws:sts::111122223333:assumed-role/.*ActorRole.*/fixture-test-actor is not authorized to perform: ${action} on resource: .*${resource}`,
      ),
    });
    expect(calls.at(-1)).toMatchObject({ function: 'fixture-test-actor', allowed: false });
  });

  test('covers a queue by its URL', async () => {
    expect(await act(['send', '{}'])).toMatchObject({ MessageId: expect.any(String) });
    expect(await outcomeOf(cloud, 'mute', steps(['send', '{}']))).toMatchObject({ errorType: 'AccessDeniedException' });
    await cloud.idle();
  });
});
