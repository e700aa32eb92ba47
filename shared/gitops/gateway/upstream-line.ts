import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';

/** Connections to one server, kept open between requests. */
export interface UpstreamLine {
  /** The answer's head has arrived; its body streams. Rejects when the server can't be reached. */
  ask(
    url: URL,
    options: Pick<RequestOptions, 'method' | 'headers' | 'signal'>,
    body: Readable,
  ): Promise<IncomingMessage>;
  close(): void;
}

/** An unused connection is not trusted for longer, in ms: the server may be about to close it. */
const idleMilliseconds = 1000;

type Environment = Readonly<Record<string, string | undefined>>;

const detours = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'SSL_CERT_DIR'];

/** Whether Node reaches the server as git would. Through a proxy, or with a folder of certificates, it does not. */
export const isReachable = (url: string, environment: Environment): boolean =>
  /^https?:$/.test(URL.parse(url)?.protocol ?? '') && detours.every((name) => !environment[name]);

export const openUpstreamLine = async (environment: Environment): Promise<UpstreamLine> => {
  const file = environment.GIT_SSL_CAINFO ?? environment.SSL_CERT_FILE;
  const ca = file && (await readFile(file, 'utf8'));
  const options = { keepAlive: true, timeout: idleMilliseconds, noDelay: true };
  const http = new HttpAgent(options);
  const https = new HttpsAgent({ ...options, ...(ca && { ca }) });
  return {
    ask: (url, asked, body) =>
      new Promise((resolve, reject) => {
        const secure = url.protocol === 'https:';
        const ask = secure ? requestHttps : requestHttp;
        const request = ask(url, { ...asked, agent: secure ? https : http });
        request.once('response', (answer) => {
          answer.on('error', () => undefined); // whoever reads it learns of it; nobody has to
          resolve(answer);
        });
        request.on('error', reject);
        body.once('error', (error) => request.destroy(error));
        body.pipe(request);
      }),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
};
