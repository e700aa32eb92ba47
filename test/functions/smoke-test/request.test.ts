import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { ask } from '#functions/smoke-test/request.ts';
import { checkOf, serve } from './world.ts';

const patient = AbortSignal.timeout(20_000);

describe('a request', () => {
  test('is sent as the check says, with headers of its own where it says nothing', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.end(JSON.stringify({ ...request.headers, method: request.method, body })));
    });
    const headers = { 'User-Agent': 'acme', Host: 'checkout.internal', 'content-type': 'text/plain' };
    const answer = await ask(checkOf({ post: `${url}/orders?dry=1`, headers, body: 'ünï' }), patient);
    expect(answer).toMatchObject({ status: 200, cut: false });
    expect(JSON.parse('body' in answer ? answer.body : '')).toMatchObject({
      method: 'POST',
      'user-agent': 'acme',
      host: 'checkout.internal',
      'content-type': 'text/plain',
      'content-length': '5',
      'accept-encoding': 'identity',
      connection: 'close',
      body: 'ünï',
    });
  });

  test('takes any status for an answer, and no body after head', async () => {
    const url = await serve((_, response) => response.writeHead(503, { 'content-length': 5 }).end());
    expect(await ask(checkOf({ head: url }), patient)).toMatchObject({ status: 503, body: '' });
  });

  test('reads 64 KB of a body, however long it goes on', async () => {
    const url = await serve(async (_, response) => {
      while (!response.destroyed) {
        response.write('x'.repeat(10_000));
        await wait(1);
      }
    });
    expect(await ask(checkOf({ get: url }), patient)).toMatchObject({
      status: 200,
      cut: true,
      body: 'x'.repeat(65_536),
    });
  });

  test.each<[string, Parameters<typeof serve>[0]]>([
    ['nothing comes', () => undefined],
    ['the body does not end', (_, response) => void response.write('{"status":')],
    [
      'redirects do not end',
      (_, response) => void wait(30).then(() => response.writeHead(302, { location: '/' }).end()),
    ],
  ])('is given up when its time is over and %s', async (_, answer) => {
    const url = await serve(answer);
    expect(await ask(checkOf({ get: url }), AbortSignal.timeout(50))).toMatchObject({ stopped: true });
  });

  test('to nobody says why nobody answered', async () => {
    const refused = { why: expect.stringContaining('ECONNREFUSED'), stopped: false };
    expect(await ask(checkOf({ get: 'http://127.0.0.1:1/' }), patient)).toMatchObject(refused);
    const unknown = { why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/), stopped: false };
    expect(await ask(checkOf({ get: 'http://nobody.invalid/' }), patient)).toMatchObject(unknown);
  });

  test('survives what is no HTTP, and who hangs up', async () => {
    const talk = async (said: string): Promise<string> => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(said);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
    };
    for (const said of [
      '',
      'SSH-2.0-OpenSSH\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc',
      `HTTP/1.1 200 OK\r\na: ${'b'.repeat(20_000)}`,
    ]) {
      expect(await ask(checkOf({ get: await talk(said) }), patient)).toMatchObject({ stopped: false, why: /./ });
    }
  });
});

describe('a redirect', () => {
  test('is followed on its own host', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/healthz') response.end('here');
      else
        response
          .writeHead(301, { location: request.url === '/' ? '/a?b' : `http://${request.headers.host}/healthz` })
          .end();
    });
    expect(await ask(checkOf({ get: url }), patient)).toMatchObject({ status: 200, body: 'here' });
  });

  test('to another host is what was seen, and the headers stay at home', async () => {
    let strangers = 0;
    const elsewhere = await serve((_, response) => {
      strangers += 1;
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(307, { location: `${elsewhere}/in?token=abc` }).end());
    const answer = await ask(checkOf({ get: url, headers: { authorization: 'Bearer abc' } }), patient);
    expect(answer).toMatchObject({ status: 307, location: `${elsewhere}/in` });
    expect(strangers).toBe(0);
  });

  test.each(['javascript:alert(1)', 'http://', '//elsewhere.example/'])('to %s is not followed', async (location) => {
    const url = await serve((_, response) => response.writeHead(302, { location }).end());
    expect(await ask(checkOf({ get: url }), patient)).toMatchObject({ status: 302 });
  });

  test('that the check wants to see is not followed', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: '/login' }).end());
    expect(await ask(checkOf({ get: url, status: 302 }), patient)).toMatchObject({
      status: 302,
      location: `${url}/login`,
    });
  });

  test('is followed five times', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(302, { location: `/${asked}` }).end();
    });
    expect(await ask(checkOf({ get: url }), patient)).toMatchObject({ status: 302, location: `${url}/6` });
    expect(asked).toBe(6);
  });

  test.each([
    ['post', 301, 'GET'],
    ['post', 302, 'GET'],
    ['post', 303, 'GET'],
    ['post', 307, 'POST'],
    ['post', 308, 'POST'],
    ['put', 302, 'PUT'],
    ['put', 303, 'GET'],
    ['delete', 308, 'DELETE'],
    ['head', 303, 'HEAD'],
  ])('of a %s by %i becomes a %s', async (method, status, expected) => {
    const methods: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      methods.push(request.method);
      if (request.url === '/') response.writeHead(status, { location: '/there' });
      response.end();
    });
    expect(await ask(checkOf({ [method]: `${url}/` }), patient)).toMatchObject({ status: 200 });
    expect(methods).toEqual([method.toUpperCase(), expected]);
  });
});
