import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { createSetAside, queueUrlOf, receives } from '#functions/image-tag-updater/queue.ts';
import { Upstream } from '#shared/handlers/errors.ts';

test.each([
  ['arn:aws:sqs:eu-west-1:111122223333:q', 'https://sqs.eu-west-1.amazonaws.com/111122223333/q'],
  ['arn:aws-cn:sqs:cn-north-1:111122223333:q', 'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q'],
])('the URL of %s is %s', (arn, url) => expect(queueUrlOf(arn)).toBe(url));

test('a message is handed out as often as the function believes', () => {
  const file = readFileSync(new URL('../../../functions/image-tag-updater/function.yml', import.meta.url), 'utf8');
  const policy = z.object({ maxReceiveCount: z.number() });
  const queue = z.object({ Properties: z.object({ RedrivePolicy: policy }) });
  const resources = z.object({ Resources: z.object({ ImageRequestQueue: queue }) });
  const read = z.object({ resources }).parse(parse(file, { logLevel: 'silent' }));
  expect(read.resources.Resources.ImageRequestQueue.Properties.RedrivePolicy.maxReceiveCount).toBe(receives);
});

test('what is set aside lies in the failure queue as EventBridge would have left it there, with the reason', async () => {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    asked.push(await json(request));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"MessageId":"m"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const client = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
    useQueueUrlAsEndpoint: false,
    md5: false,
  });
  const eventSourceARN = 'arn:aws:sqs:eu-west-1:111122223333:fairlead-dev-image-requests';
  const setAside = createSetAside(client, 'fairlead-dev-failures');
  const reason = new Upstream(`acme.dev is away\n\u0000${'…'.repeat(2000)}`);
  await setAside({ eventSourceARN, body: '{"any":1}' }, reason, AbortSignal.timeout(5000));
  client.destroy();
  server.close();
  expect(asked).toEqual([
    {
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/fairlead-dev-failures',
      MessageBody: '{"any":1}',
      MessageAttributes: {
        TARGET_ARN: { DataType: 'String', StringValue: eventSourceARN },
        ERROR_CODE: { DataType: 'String', StringValue: 'Upstream' },
        ERROR_MESSAGE: { DataType: 'String', StringValue: expect.stringMatching(/^acme\.dev is away …{983}$/) },
      },
    },
  ]);
});
