import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { InvalidInput, Unauthenticated, Upstream } from './errors.ts';
import { observed, signalOf } from './observed.ts';
import { carryOut, type Handled } from './outcome.ts';
import type { Publishing } from './publishing.ts';
import { report } from './report.ts';

/** A request as it was sent: header names in lower case, the body in its raw bytes. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Webhook<Payload> {
  /** A larger body is answered 413. */
  readonly mostBytes: number;
  /** Throws `Unauthenticated`. Nothing is parsed before. */
  verify(request: WebhookRequest, signal: AbortSignal): Promise<void>;
  /** Throws `InvalidInput`. */
  parse(request: WebhookRequest): Payload;
}

type Response = APIGatewayProxyStructuredResultV2;

class TooLarge extends InvalidInput {}

const isRejection = (error: unknown): boolean => error instanceof InvalidInput || error instanceof Unauthenticated;

const answer = (statusCode: number, body: object, headers: Record<string, string> = {}): Response => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const answerTo = (error: unknown): Response => {
  if (error instanceof TooLarge) return answer(413, { error: error.message });
  if (error instanceof Unauthenticated) return answer(401, { error: 'unauthenticated' });
  if (error instanceof InvalidInput) return answer(400, { error: error.message });
  if (error instanceof Upstream) return answer(503, { error: 'try again' }, { 'retry-after': '5' });
  return answer(500, { error: 'internal' });
};

/** The error is logged and counted by `observed`, which stands outside; here it becomes what the sender is told. */
const answered = (): MiddlewareObj<APIGatewayProxyEventV2, Response, Error, Context> => ({
  onError: (request) => {
    request.response = answerTo(request.error);
  },
});

const requestOf = (event: APIGatewayProxyEventV2, mostBytes: number): WebhookRequest => {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > mostBytes)
    throw new TooLarge(`The body has ${body.byteLength} bytes, and ${mostBytes} are taken.`);
  return { headers: event.headers, path: event.pathParameters ?? {}, body };
};

/**
 * The entry of a function that takes webhooks: bounds the size, verifies the raw bytes, then parses, handles and publishes.
 * 202 with the published ids or the reason for none; 400, 401 and 413 to whoever sent what is wrong; 503 where something
 * that we need is away, 500 for a bug: the sender may try again.
 */
export const onWebhook = <Payload>(
  runtime: Publishing,
  { mostBytes, verify, parse }: Webhook<Payload>,
  handle: (payload: Payload, signal: AbortSignal) => Handled,
) =>
  middy<APIGatewayProxyEventV2, Response, Error, Context>()
    .use(answered())
    .use(observed(runtime, isRejection))
    .handler(async (event, context) => {
      const signal = signalOf(context);
      const request = requestOf(event, mostBytes);
      await verify(request, signal);
      const summary = await carryOut(handle(parse(request), signal), runtime.publish, signal);
      report(runtime, summary);
      return answer(202, summary);
    });
