import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../lambda/environments.ts';
import { type Lambda, PayloadTooLarge, UnknownFunction } from '../../lambda/lambda.ts';
import type { Model } from '../../template/model.ts';
import { AwsError } from '../aws-error.ts';
import { readBody } from '../listen.ts';
import type { Buckets } from '../s3/buckets.ts';
import { denied, parseCredential } from './authorize.ts';
import type { AwsCall, Reply } from './call.ts';
import { readJsonCall } from './json-call.ts';
import type { JsonService } from './json-service.ts';
import { readLambdaCall, refuseInvoke } from './lambda-call.ts';
import { createNeeded } from './needed.ts';
import { type QueryService, readQueryCall } from './query-call.ts';
import { createS3Reader } from './s3-call.ts';
import { identityOf, readStsCall } from './sts-call.ts';

/** A call that arrived, and whether its caller was allowed to make it. */
export interface ObservedCall {
  /** The name of the calling function; undefined for anybody else. */
  readonly function: string | undefined;
  readonly requestId: string | undefined;
  readonly service: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly input: unknown;
  readonly allowed: boolean;
}

export interface FaultyCall {
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** Before or after the call has its effect; the caller gets no answer either way. */
  readonly phase: 'before' | 'after';
}

export interface EndpointOptions {
  readonly model: Model;
  readonly lambda: Lambda;
  /** By the prefix of their `X-Amz-Target`; the first that has one is asked. */
  readonly services: readonly ReadonlyMap<string, JsonService>[];
  readonly buckets: Buckets;
  /** By the name that requests are signed for. */
  readonly queries: ReadonlyMap<string, QueryService>;
  /** Whether the worker that makes this call dies of it. */
  crash(functionName: string, call: FaultyCall): boolean;
  onCall(call: ObservedCall): void;
}

const requestLimit = 16 * 1024 * 1024;

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const send = (response: ServerResponse, { status, headers, body }: Reply): void => {
  response.writeHead(status, headers).end(body);
};

/** Answers the calls of real SDK clients. Functions are known by their access keys, and may do what their role allows. */
export const createEndpoint = ({ model, lambda, services, buckets, queries, crash, onCall }: EndpointOptions) => {
  const needed = createNeeded(model);
  const serviceFor = (prefix: string) => services.find((some) => some.has(prefix))?.get(prefix);
  const readS3Call = createS3Reader({ buckets, region: model.region });

  const readCall = (request: IncomingMessage, bytes: Buffer, caller: Caller | undefined): AwsCall | undefined => {
    const { method = 'GET', url = '/' } = request;
    const headers = headersOf(request);
    const signedFor = parseCredential(headers.authorization)?.service;
    if (signedFor === 's3') return readS3Call({ method, url, headers, body: bytes }, caller);
    const body = bytes.toString('utf8');
    const { 'x-amz-target': target, 'content-type': contentType = 'application/x-amz-json-1.0' } = headers;
    if (target !== undefined) return readJsonCall({ target, contentType, signedFor, body }, serviceFor, needed);
    const { 'x-amz-invocation-type': invocationType = 'RequestResponse' } = headers;
    return (
      readLambdaCall({ method, pathname: url.replace(/\?.*$/, ''), invocationType, body }, lambda) ??
      readQueryCall(signedFor, body, queries) ??
      readStsCall(body, caller, model)
    );
  };

  const authorize = (call: AwsCall, caller: Caller | undefined): Reply | undefined => {
    const missing = denied(caller, call.needed);
    onCall({
      function: caller?.function.name,
      requestId: caller?.requestId(),
      service: call.service,
      action: call.action,
      resources: call.needed.map(({ resource }) => resource),
      input: call.input,
      allowed: missing === undefined,
    });
    if (missing === undefined) return undefined;
    const { action, resource } = missing;
    const message =
      `User: ${identityOf(caller, model)} is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`;
    return call.refuse('AccessDeniedException', message, call.service === 'lambda' ? 403 : 400);
  };

  /** Undefined when the caller died. */
  const perform = async (call: AwsCall, caller: Caller | undefined): Promise<Reply | undefined> => {
    const refused = authorize(call, caller);
    if (refused !== undefined) return refused;
    const { service, action, input } = call;
    const dies = (phase: FaultyCall['phase']): boolean => {
      if (caller === undefined || !crash(caller.function.name, { service, action, input, phase })) return false;
      caller.crash();
      return true;
    };
    if (dies('before')) return undefined;
    const reply = await call.run().catch((error: unknown) => replyTo(error, call.refuse));
    return dies('after') ? undefined : reply;
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, requestLimit);
    if (body === undefined) return send(response, refuseInvoke('RequestEntityTooLargeException', 'Too large.', 413));
    const credential = parseCredential(request.headers.authorization);
    const caller = credential && lambda.callerOf(credential.accessKeyId);
    try {
      const call = readCall(request, body, caller);
      if (call === undefined) return send(response, refuseInvoke('UnknownOperationException', 'Not known here.', 404));
      const reply = await perform(call, caller);
      if (reply === undefined) response.destroy();
      else send(response, reply);
    } catch (error) {
      send(response, replyTo(error, refuseInvoke));
    }
  };
};

/** Errors with a meaning on the wire; all others are faults of ours, and thrown. */
const replyTo = (error: unknown, refuse: AwsCall['refuse']): Reply => {
  if (error instanceof AwsError) return refuse(error.code, error.message, error.status, error.members);
  if (error instanceof UnknownFunction) return refuse('ResourceNotFoundException', error.message, 404);
  if (error instanceof PayloadTooLarge) return refuse('RequestEntityTooLargeException', error.message, 413);
  throw error;
};
