import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameInArn } from '#commands/aws/caller.ts';
import { explain } from '#commands/aws/explain.ts';
import { choosesAws, findLocalFairlead } from '#commands/aws/local-fairlead.ts';
import { Failure } from '#commands/failure.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-fairlead-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const announced = async (text: string): Promise<string> => {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, text);
  return file;
};

/** Above what any system gives. */
const deadPid = 2 ** 30;

const running = {
  pid: process.pid,
  stage: 'dev',
  endpoint: 'http://127.0.0.1:4566',
  config: 'x',
  api: 'http://127.0.0.1:1',
};

describe('the local Fairlead', () => {
  test('is found while it runs', async () => {
    const file = await announced(JSON.stringify(running));
    expect(await findLocalFairlead('dev', file)).toMatchObject({ endpoint: running.endpoint });
  });

  test.each([
    ['of another stage', { ...running, stage: 'prod' }],
    ['that has ended', { ...running, pid: deadPid }],
    ['without an endpoint', { pid: process.pid, stage: 'dev' }],
  ])('%s is none', async (_, said) => {
    expect(await findLocalFairlead('dev', await announced(JSON.stringify(said)))).toBeUndefined();
  });

  test('is none where nothing is announced, or only half of it', async () => {
    expect(await findLocalFairlead('dev', join(folder, 'missing.json'))).toBeUndefined();
    expect(await findLocalFairlead('dev', await announced('{"pid": 1, "sta'))).toBeUndefined();
  });

  test.each([
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_DYNAMODB',
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  ])('is not what somebody means who sets %s', (name) => {
    expect(choosesAws({ [name]: 'given' })).toBe(true);
    expect(choosesAws({ [name]: '' })).toBe(false);
  });

  test('may be meant where only a region or a proxy is set', () => {
    expect(choosesAws({ AWS_REGION: 'eu-west-1', AWS_CA_BUNDLE: '/ca.pem', PATH: '/bin' })).toBe(false);
  });
});

describe('the name of a caller', () => {
  test.each([
    ['arn:aws:iam::111122223333:user/mona', 'mona'],
    ['arn:aws:iam::111122223333:user/teams/pay/mona', 'mona'],
    ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123/mona@acme.dev', 'mona@acme.dev'],
    ['arn:aws-cn:sts::111122223333:federated-user/mona', 'mona'],
    ['arn:aws:iam::111122223333:root', 'root'],
  ])('in %s is %s', (arn, name) => {
    expect(nameInArn(arn)).toBe(name);
  });
});

/** An error as the SDK throws it. */
const awsError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

describe('an error of AWS', () => {
  const where = { stage: 'prod', region: 'eu-west-1' };

  test('names the action and the resource that are not allowed', () => {
    const denied = awsError(
      'AccessDeniedException',
      'User: arn:aws:iam::111122223333:user/mona is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/fairlead-prod-deliveries/index/by-place because no identity-based policy allows the dynamodb:Query action',
    );
    expect(explain(new Error('outer', { cause: denied }), where)).toMatchObject({
      message:
        'You may not do this on the stage prod: dynamodb:Query on arn:aws:dynamodb:eu-west-1:111122223333:table/fairlead-prod-deliveries/index/by-place. docs/commands.md lists what a role needs.',
      code: 1,
    });
  });

  test.each([
    ['an ended session', awsError('ExpiredTokenException', 'The token has expired'), /session has ended/],
    ['an ended sign-in', awsError('TokenProviderError', 'Token is expired'), /aws sso login/],
    ['a wrong key', awsError('UnrecognizedClientException', 'invalid'), /does not know these credentials/],
    ['what has no words of its own', awsError('ThrottlingException', 'Slow down'), /^ThrottlingException: Slow down$/],
  ])('of %s leads somewhere', (_, error, expected) => {
    const explained = explain(error, where);
    expect(explained).toBeInstanceOf(Failure);
    expect(explained).toMatchObject({ message: expect.stringMatching(expected) });
  });

  test('looks into every address that did not answer', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(explain(new AggregateError([refused, refused]), { ...where, endpoint: 'http://127.0.0.1:9' })).toMatchObject(
      {
        message: 'Nothing answers at http://127.0.0.1:9 (ECONNREFUSED): is the network, or `npm start`, up?',
      },
    );
  });

  test('that is a bug of ours stays one', () => {
    const bug = new TypeError('x is not a function');
    expect(explain(bug, where)).toBe(bug);
  });
});
