import { randomBytes } from 'node:crypto';
import type { HttpApi, Model } from '../../template/model.ts';
import type { Matched } from './routes.ts';

/** A request as it came over the wire. */
export interface ApiRequest {
  readonly method: string;
  /** The request target: path and query string. */
  readonly target: string;
  readonly httpVersion: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly now: Date;
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);

/** Names in lower case; the values of a repeated header are joined by commas. */
const headersOf = (raw: readonly string[]): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    const value = raw[index + 1] ?? '';
    const earlier = headers[name];
    if (!hopByHop.has(name)) headers[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return headers;
};

const textTypes = /^(text\/.*|application\/(json|xml|javascript))$/;

/** API Gateway hands on as text what these types name, and everything else as base64: forms, `+json`, no type at all. */
const isText = (headers: Readonly<Record<string, string>>): boolean =>
  headers['content-encoding'] === undefined &&
  textTypes.test(headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '');

const queryOf = (rawQueryString: string): Record<string, string> => {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  return query;
};

/** An HTTP API decodes the path that it calls raw. */
const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** `12/Mar/2020:19:03:58 +0000` */
const logTime = (date: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};

const traceHeader = (now: Date): string =>
  `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

export const splitTarget = (target: string): { path: string; rawQueryString: string } => {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: decodedPath(path), rawQueryString: mark < 0 ? '' : target.slice(mark + 1) };
};

const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

const contextOf = (
  request: ApiRequest,
  headers: Record<string, string>,
  path: string,
  routeKey: string,
  api: HttpApi,
  model: Model,
) => {
  const domainName = headers.host ?? '';
  return {
    accountId: model.account,
    apiId: api.id,
    domainName,
    domainPrefix: domainName.split(/[.:]/)[0],
    http: {
      method: request.method,
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: request.requestId,
    routeKey,
    stage: api.stage,
    time: logTime(request.now),
    timeEpoch: request.now.getTime(),
  };
};

/**
 * Lambda's event of payload format 2.0, as API Gateway builds it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const toEvent = (request: ApiRequest, { route, pathParameters }: Matched, api: HttpApi, model: Model) => {
  const { path, rawQueryString } = splitTarget(request.target);
  const { cookie, ...headers } = headersOf(request.rawHeaders);
  const isBase64Encoded = request.body.length > 0 && !isText(headers);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString,
    cookies: cookie?.split(/; */),
    headers: {
      'content-length': String(request.body.length),
      'x-amzn-trace-id': traceHeader(request.now),
      ...headers,
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': headers.host?.split(':')[1] ?? '80',
      'x-forwarded-proto': 'http',
    },
    queryStringParameters: unlessEmpty(queryOf(rawQueryString)),
    requestContext: contextOf(request, headers, path, route.key, api, model),
    pathParameters: unlessEmpty(pathParameters),
    body: request.body.length === 0 ? undefined : request.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
};
