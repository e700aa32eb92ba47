import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Adverts } from './adverts.ts';
import type { UpstreamLine } from './upstream-line.ts';

/** Where the requests of one repository go. */
export interface Destination {
  /** `https://host/path.git` */
  readonly url: string;
  /** `Authorization`, if it takes one. */
  readonly authorization: string | undefined;
  readonly adverts: Adverts;
  /** Why the server could not be reached, the last time. */
  failure: string | undefined;
}

/** Headers that are about one connection, and ours. */
const own = /^(host|connection|keep-alive|transfer-encoding|expect|proxy-.*|x-fairlead-.*)$/;

const passedOn = (headers: IncomingMessage['headers']): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));

/** The base of a push that git was told to expect, as `x-fairlead-base` has it. */
const baseOf = ({ headers }: IncomingMessage): string | undefined => {
  const base = headers['x-fairlead-base'];
  return typeof base === 'string' ? base : undefined;
};

const serviceOf = (path: string): string | undefined => /^\/info\/refs\?service=(git-[a-z]+-pack)$/.exec(path)?.[1];

const answerKnown = (response: ServerResponse, service: string, known: Buffer): void => {
  const type = `application/x-${service}-advertisement`;
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(known);
};

/** Passes one request on to its server, and the answer back, byte for byte; or answers what the server has told before. */
export const forward = async (
  line: UpstreamLine,
  destination: Destination,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { url, authorization, adverts } = destination;
  const service = serviceOf(path);
  const known = service && adverts.known(service, baseOf(request));
  if (service && known) return answerKnown(response, service, known);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const headers = { ...passedOn(request.headers), ...(authorization && { authorization }) };
  try {
    const asked = { method: request.method, headers, signal: gone.signal };
    const answer = await line.ask(new URL(`${url}${path}`), asked, request);
    destination.failure = undefined;
    const { statusCode = 502 } = answer;
    if (statusCode !== 200) adverts.forget();
    response.writeHead(statusCode, passedOn(answer.headers));
    if (service === undefined || statusCode !== 200) return await pipeline(answer, response);
    const advert = await buffer(answer);
    if (answer.headers['content-encoding'] === undefined) adverts.learn(service, advert);
    response.end(advert);
  } catch (error) {
    if (gone.signal.aborted) return;
    destination.failure = error instanceof Error ? error.message : String(error);
    // Git must never take what was cut off for the whole.
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  }
};
