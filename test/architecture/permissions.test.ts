import { beforeAll, describe, expect, test } from 'vitest';
import { functions } from '#events/catalog.ts';
import type { LambdaFunction, PolicyStatement } from '#local/template/model.ts';
import { allows, matchesWildcard } from '#local/template/permissions.ts';
import { actionsIn, adapters, callingFiles, callsOf, secretsOf } from './api-calls.ts';
import { type Packaged, packagedStack } from './packaged.ts';

interface Call {
  readonly action: string;
  readonly resource: string;
}

let stack: Packaged;

beforeAll(async () => {
  stack = await packagedStack();
});

const functionOf = (name: string): LambdaFunction =>
  stack.model.functions.find((one) => one.name === `fairlead-blue-${name}`)!;

const bucketArn = (): string => stack.model.buckets.find(({ logicalId }) => logicalId === 'ConfigBucket')!.arn;

/** What a call is about, in this stack. */
const resourcesOf = (call: string, name: string): string[] => {
  const [action = '', where] = call.split('@');
  const [service] = action.split(':');
  const at = `${stack.model.region}:${stack.model.account}`;
  const table = `arn:aws:dynamodb:${at}:table/fairlead-blue`;
  const { queueMappings } = stack.model;
  if (where === 'idempotency') return [`${table}-idempotency`];
  if (service === 'dynamodb') return [`${table}-deliveries${where === undefined ? '' : `/index/${where}`}`];
  if (service === 'events') return [`arn:aws:events:${at}:event-bus/fairlead-blue`];
  if (service === 'ssm') return secretsOf(name).map((path) => `arn:aws:ssm:${at}:parameter/fairlead/blue/${path}`);
  if (action === 's3:GetObject') return [`${bucketArn()}/fairlead.json`];
  if (service === 'codepipeline') return [`arn:aws:codepipeline:${at}:any`];
  // Of images whose events were forwarded from other accounts and regions, too.
  if (service === 'ecr') return ['arn:aws:ecr:us-east-1:444455556666:repository/any'];
  if (service === 'lambda') return [functionOf('ecr-events').arn];
  if (action === 'sqs:ChangeMessageVisibility')
    return queueMappings
      .filter(({ functionArn }) => functionArn === functionOf(name).arn)
      .map(({ queueArn }) => queueArn);
  if (action === 'sqs:SendMessage') return [`arn:aws:sqs:${at}:${functionOf(name).environment.FAILURE_QUEUE}`];
  throw new Error(`Say in this test what ${call} of ${name} is about.`);
};

/** What a function's code asks for, and what Lambda does with its role on its behalf. */
const needsOf = (name: string): Call[] => {
  const { arn, logGroup, asynchronous } = functionOf(name);
  const at = `${stack.model.region}:${stack.model.account}`;
  // Who produces nothing has no event to publish.
  const calls = callsOf(name).filter((call) => call !== 'events:PutEvents' || functions[name]!.produces.length > 0);
  const own = calls.flatMap((call) =>
    resourcesOf(call, name).map((resource) => ({ action: call.replace(/@.*/, ''), resource })),
  );
  const log = `arn:aws:logs:${at}:log-group:${logGroup}:log-stream:any`;
  // S3 says that an object is missing only to who may list its bucket.
  const listed = calls.includes('s3:GetObject') ? [{ action: 's3:ListBucket', resource: bucketArn() }] : [];
  const polled = stack.model.queueMappings.filter(({ functionArn }) => functionArn === arn);
  return [
    ...own,
    ...listed,
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: log })),
    ...(asynchronous.onFailure === undefined ? [] : [{ action: 'sqs:SendMessage', resource: asynchronous.onFailure }]),
    ...polled.flatMap(({ queueArn }) =>
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => ({
        action,
        resource: queueArn,
      })),
    ),
  ];
};

/** Each pair of action and resource that a role allows, as the template has it. */
const grantsOf = (statements: readonly PolicyStatement[]): Call[] =>
  statements.flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
  );

describe('what asks AWS for something', () => {
  test('in shared/ is an adapter whose calls are known by method', () => {
    expect(callingFiles()).toEqual(Object.keys(adapters).sort());
    for (const [file, { methods }] of Object.entries(adapters)) {
      const known = Object.values(methods).flatMap((calls) => calls.map((call) => call.replace(/@.*/, '')));
      expect([...new Set(known)].sort(), file).toEqual(actionsIn(file));
    }
  });

  test('is found in a function’s own files, also where the call is made on a path of failure', () => {
    expect(callsOf('image-tag-updater')).toEqual(
      expect.arrayContaining(['sqs:ChangeMessageVisibility', 'sqs:SendMessage', 'ssm:GetParameters']),
    );
    expect(callsOf('smoke-test')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'events:PutEvents',
      's3:GetObject',
    ]);
  });
});

describe.each(Object.keys(functions))('the role of %s', (name) => {
  test('allows every call that its code makes, or that Lambda makes for it', () => {
    const { statements } = functionOf(name).role;
    const denied = needsOf(name).filter(({ action, resource }) => !allows(statements, action, resource));
    expect(denied).toEqual([]);
  });

  test('allows nothing else', () => {
    const needs = needsOf(name);
    const unused = grantsOf(functionOf(name).role.statements).filter(
      (grant) =>
        !needs.some(({ action, resource }) => grant.action === action && matchesWildcard(grant.resource, resource)),
    );
    expect(unused).toEqual([]);
  });
});
