import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Lambda } from '../../lambda/lambda.ts';
import { PayloadTooLarge } from '../../lambda/lambda.ts';
import type { HttpApi, Model } from '../../template/model.ts';
import { mayInvoke } from '../../template/permissions.ts';
import { readBody } from '../listen.ts';
import { type ApiRequest, splitTarget, toEvent } from './event.ts';
import { type ApiResponse, gatewayResponse, toResponse } from './response.ts';
import { type Matched, matchRoute } from './routes.ts';
import { createThrottle } from './throttle.ts';

/** API Gateway's limit of a request's body, in bytes. */
const bodyLimit = 10 * 1024 * 1024;

const send = (response: ServerResponse, requestId: string, { status, headers, cookies, body }: ApiResponse): void => {
  response.setHeaders(new Map(Object.entries(headers)));
  response.setHeader('apigw-requestid', requestId);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.writeHead(status).end(body);
};

const toRequest = (request: IncomingMessage, body: Buffer, requestId: string): ApiRequest => ({
  method: request.method ?? 'GET',
  target: request.url ?? '/',
  httpVersion: request.httpVersion,
  rawHeaders: request.rawHeaders,
  body,
  sourceIp: request.socket.remoteAddress ?? '',
  requestId,
  now: new Date(),
});

/** The stack's HTTP API: routes, payload format 2.0, limits and throttling. */
export const createHttpApi = (model: Model, api: HttpApi, lambda: Lambda) => {
  const mayPass = api.throttling ? createThrottle(api.throttling, () => performance.now()) : () => true;

  const integrate = async (request: ApiRequest, matched: Matched): Promise<ApiResponse> => {
    const { functionArn } = matched.route;
    const [method, path] = matched.route.key === '$default' ? ['*', '/$default'] : matched.route.key.split(' ');
    const sourceArn = `arn:${model.partition}:execute-api:${model.region}:${model.account}:${api.id}/${api.stage}/${method}${path}`;
    if (!mayInvoke(model, functionArn, { principal: 'apigateway.amazonaws.com', sourceArn })) {
      return gatewayResponse(500, 'Internal Server Error');
    }
    const { outcome } = await lambda.invoke(functionArn, JSON.stringify(toEvent(request, matched, api, model)));
    return outcome.ok ? toResponse(outcome.payload) : gatewayResponse(500, 'Internal Server Error');
  };

  const withinTimeout = async (answer: Promise<ApiResponse>, timeoutMs: number): Promise<ApiResponse> => {
    const over = new AbortController();
    const late = wait(timeoutMs, gatewayResponse(503, 'Service Unavailable'), { signal: over.signal });
    late.catch(() => undefined);
    return await Promise.race([answer, late]).finally(() => over.abort());
  };

  const answer = async (request: IncomingMessage, requestId: string): Promise<ApiResponse> => {
    const body = await readBody(request, bodyLimit);
    if (body === undefined) return gatewayResponse(413, 'Request Too Long');
    const apiRequest = toRequest(request, body, requestId);
    const matched = matchRoute(api.routes, apiRequest.method, splitTarget(apiRequest.target).path);
    if (matched === undefined) return gatewayResponse(404, 'Not Found');
    if (!mayPass()) return gatewayResponse(429, 'Too Many Requests');
    try {
      return await withinTimeout(integrate(apiRequest, matched), matched.route.timeoutMs);
    } catch (error) {
      if (error instanceof PayloadTooLarge) return gatewayResponse(413, 'Request Entity Too Large');
      throw error;
    }
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomBytes(12).toString('base64url');
    send(response, requestId, await answer(request, requestId));
  };
};
