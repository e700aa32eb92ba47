import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as askHttp } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate authority of our own, in a folder: its certificate, and the path of it. */
export const createAuthority = async (folder: string, name: string) => {
  const key = join(folder, `${name}.key`);
  const certificate = join(folder, `${name}.pem`);
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  await run('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate]);
  return {
    certificate,
    /** A key and a certificate for loopback. */
    issue: async () => {
      const serverKey = join(folder, `${name}-server.key`);
      const server = join(folder, `${name}-server.pem`);
      const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'];
      const signed = ['-CA', certificate, '-CAkey', key, '-subj', '/CN=127.0.0.1', '-days', '2', '-nodes'];
      await run('openssl', [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        ...signed,
        ...names,
        '-keyout',
        serverKey,
        '-out',
        server,
      ]);
      return { key: await readFile(serverKey), cert: await readFile(server) };
    },
  };
};

export interface TlsFront {
  readonly url: string;
  /** The methods and paths that came, with whether a token was shown. */
  readonly requests: { readonly line: string; readonly authorized: boolean }[];
  close(): Promise<void>;
}

/** HTTPS on loopback in front of an HTTP server: what it is asked, it asks there. */
export const startTlsFront = async (origin: string, identity: { key: Buffer; cert: Buffer }): Promise<TlsFront> => {
  const requests: TlsFront['requests'] = [];
  const server = createServer(identity, (request, response) => {
    const { method, url = '/', headers } = request;
    requests.push({ line: `${method} ${url}`, authorized: headers.authorization !== undefined });
    const asked = askHttp(new URL(url, origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The TLS front listens on no port.');
  return {
    url: `https://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
