import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../build/bundle.ts';
import { undistinguished } from '../../build/sdk-in-lambda.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

const sources = {
  ssm: `
    import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
    const client = new SSMClient({ maxAttempts: 1 });
    export const call = () => client.send(new GetParametersCommand({ Names: ['/a'], WithDecryption: true }));`,
  dynamodb: `
    import { ConditionalCheckFailedException, DynamoDBClient, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient({ maxAttempts: 1 });
    export const call = async () => {
      const error = await client.send(new DeleteItemCommand({ TableName: 't', Key: { id: { S: '1' } } })).catch((cause) => cause);
      return { known: error instanceof ConditionalCheckFailedException };
    };`,
  s3: `
    import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
    const client = new S3Client({ maxAttempts: 1, forcePathStyle: true });
    export const call = async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
      return { body: await Body?.transformToString() };
    };`,
};

const credentials = { AWS_ACCESS_KEY_ID: 'AKIDLOCAL', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };

let folder: string;
let server: Server;
let endpoint: string;
/** What AWS answers next, and what it was last asked. */
let answer = { status: 200, body: '{}' };
let asked: Record<string, unknown> = {};

beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache/sdk-test-'));
  for (const [name, source] of Object.entries(sources)) {
    await mkdir(join(folder, 'functions', name), { recursive: true });
    await writeFile(join(folder, 'functions', name, 'index.ts'), source);
  }
  await bundleFunctions(join(folder, 'functions'), join(folder, 'dist'), {
    version: 'abc',
    platform: { file: 'fairlead.yaml', content: {} },
    services: [],
  });
  server = createServer((request, response) => {
    asked = request.headers;
    request.resume().on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a bundle's call comes to, an error as its name, message and so on, in a process that has these variables alone. */
const call = async (name: string, environment: Readonly<Record<string, string>> = credentials): Promise<unknown> => {
  const script = `
    const { call } = await import(${JSON.stringify(join(folder, 'dist', name, 'index.js'))});
    const told = await call().catch((e) => ({ name: e.name, message: e.message, fault: e.$fault, status: e.$metadata?.httpStatusCode }));
    process.stdout.write(JSON.stringify(told));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: endpoint, ...environment },
  });
  return JSON.parse(stdout);
};

describe('the AWS SDK in a bundle', () => {
  test('signs with the role’s credentials, which Lambda puts into the environment', async () => {
    answer = { status: 200, body: JSON.stringify({ Parameters: [{ Name: '/a', Value: 'v' }], InvalidParameters: [] }) };
    expect(await call('ssm')).toMatchObject({ Parameters: [{ Name: '/a', Value: 'v' }] });
    expect(asked).toMatchObject({
      authorization: expect.stringContaining('Credential=AKIDLOCAL/'),
      'x-amz-security-token': 'session',
    });
  });

  test('says so where there are none', async () => {
    expect(await call('ssm', {})).toMatchObject({ name: 'CredentialsProviderError' });
  });

  test('keeps name, message, fault and status of an error that it has no class for', async () => {
    answer = { status: 400, body: JSON.stringify({ __type: 'InvalidKeyId', message: 'The key is disabled.' }) };
    expect(await call('ssm')).toEqual({
      name: 'InvalidKeyId',
      message: 'The key is disabled.',
      fault: 'client',
      status: 400,
    });
    answer = { status: 503, body: '{}' };
    expect(await call('ssm')).toMatchObject({ fault: 'server', status: 503 });
  });

  test('keeps the classes of errors that the functions tell apart', async () => {
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    answer = { status: 400, body: JSON.stringify({ __type, message: 'The conditional request failed' }) };
    expect(await call('dynamodb')).toEqual({ known: true });
  });

  test('reads an object of S3 without the event streams that were left out', async () => {
    answer = { status: 200, body: 'the configuration' };
    expect(await call('s3')).toEqual({ body: 'the configuration' });
  });

  test('lacks the classes of no error that any code names', async () => {
    const named: string[] = [];
    for await (const file of glob(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: root })) {
      const source = await readFile(join(root, file), 'utf8');
      for (const client of undistinguished) {
        const [, imported = ''] =
          new RegExp(`import (?:type )?\\{([^}]*)\\} from '@aws-sdk/${client}'`).exec(source) ?? [];
        const others = imported.split(',').filter((name) => name.trim() && !/(Client|Command)\s*$/.test(name));
        named.push(...others.map((name) => `${file}: ${name.trim()}`));
      }
    }
    expect(named).toEqual([]);
  });
});
