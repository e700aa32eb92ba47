import * as http from 'node:http';
import * as https from 'node:https';
import type { Check } from '#shared/config/check.ts';
import type { Answer } from './answer.ts';

const mostBytes = 64 * 1024;
const mostRedirects = 5;

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: string | undefined;
}

const headersOf = ({ headers }: Check): Record<string, string> => ({
  'user-agent': 'fairlead-smoke-test',
  'accept-encoding': 'identity', // a body is bounded as it is sent, so that no archive can be a bomb
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
});

const send = (
  { method, url, body }: Request,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    // A connection of its own: a kept one could lead to what ran before.
    const sent = request(url, { method, headers, signal, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('error', () => undefined); // whoever reads it learns of it; nobody has to
      resolve(response);
    });
    sent.end(body);
  });

const read = async (response: http.IncomingMessage): Promise<{ body: string; cut: boolean }> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const buffer = Buffer.from(chunk);
    chunks.push(buffer);
    bytes += buffer.length;
    if (bytes > mostBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8'), cut: bytes > mostBytes };
};

/** The headers may hold secrets: they go to the host that the configuration names, and never from TLS to plain text. */
const staysThere = (from: URL, to: URL): boolean =>
  from.host === to.host && (from.protocol === to.protocol || to.protocol === 'https:');

const locationOf = ({ headers: { location } }: http.IncomingMessage, url: URL): URL | undefined =>
  location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;

/** As browsers follow: 303 asks by GET, and so do 301 and 302 where something was sent. */
const redirected = ({ method, body }: Request, status: number, url: URL): Request => {
  const becomesGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  return becomesGet ? { method: 'GET', url, body: undefined } : { method, url, body };
};

const redirects: readonly (number | undefined)[] = [301, 302, 303, 307, 308];

const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return 'no connection';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.message.includes(code)) return error.message || 'no connection';
  return [error.message, code].filter(Boolean).join(': '); // both attempts of a name with two addresses have no message
};

/**
 * Makes a check's request and follows redirects on its own host, five at most. A redirect that the check wants to see is
 * not followed. Never throws: that nothing comes, or not before `signal` ends it, is an answer.
 */
export const ask = async (check: Check, signal: AbortSignal): Promise<Answer> => {
  const began = performance.now();
  const milliseconds = (): number => performance.now() - began;
  try {
    let request: Request = { method: check.method, url: new URL(check.url), body: check.body };
    for (let followed = 0; ; followed += 1) {
      const response = await send(request, headersOf(check), signal);
      const { statusCode: status = 0 } = response;
      const next = redirects.includes(status) ? locationOf(response, request.url) : undefined;
      const follows = next && !check.status.includes(status) && staysThere(request.url, next);
      if (!follows || followed === mostRedirects) {
        // A login page's address carries tokens behind its question mark.
        const location = next && `${next.origin}${next.pathname}`;
        return { status, location, ...(await read(response)), milliseconds: milliseconds() };
      }
      response.destroy();
      request = redirected(request, status, next);
    }
  } catch (error) {
    return { why: explain(error), stopped: signal.aborted, milliseconds: milliseconds() };
  }
};
