import { randomUUID } from 'node:crypto';
import type { Caller } from '../../lambda/environments.ts';
import { AwsError } from '../aws-error.ts';
import { createOperations, type Operation, type S3Place } from '../s3/operations.ts';
import { parseS3Request, refuseUnknown, type S3Request } from '../s3/request.ts';
import { element } from '../xml/write.ts';
import { denied } from './authorize.ts';
import type { AwsCall, Needed, Reply } from './call.ts';

const subresources = ['list-type', 'versions', 'location', 'versioning', 'encryption', 'delete', 'uploads', 'uploadId'];

/** Which operation a request asks for: its method, what it is about, and what of it. */
const operationKey = ({ method, key, query }: S3Request): string => {
  const of = subresources.find((name) => query.has(name));
  return `${method} ${key === '' ? 'bucket' : 'object'}${of === undefined ? '' : `?${of}`}`;
};

const neededFor = ({ permission, ofVersion, on }: Operation, { bucket, key, query }: S3Request): Needed[] => {
  const resource = { bucket, object: `${bucket}/${key}`, objects: `${bucket}/*` }[on];
  const named = query.has('versionId') ? (ofVersion ?? permission) : permission;
  return [{ action: `s3:${named}`, resource: `arn:aws:s3:::${resource}` }];
};

/** An error of the REST protocol; what is asked for by HEAD has no body, and the SDK has the status alone. */
const refusal =
  (method: string): AwsCall['refuse'] =>
  (code, message, status) => ({
    status: code === 'AccessDeniedException' ? 403 : status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() },
    body:
      method === 'HEAD'
        ? ''
        : element('Error', { Code: code.replace(/^(AccessDenied)Exception$/, '$1'), Message: message }),
  });

/** Whoever may not list a bucket does not learn that an object is not in it. */
const hidingAbsence = (error: unknown, caller: Caller | undefined, bucket: string): unknown => {
  const hidden = error instanceof AwsError && error.code === 'NoSuchKey';
  if (!hidden || denied(caller, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }]) === undefined)
    return error;
  return new AwsError('AccessDenied', 'Access Denied', 403);
};

export interface S3Target {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Reads calls of S3, in its REST protocol with XML. */
export const createS3Reader = (place: S3Place) => {
  const operations = createOperations(place);
  return ({ method, url, headers, body }: S3Target, caller: Caller | undefined): AwsCall => {
    const refuse = refusal(method);
    const request = parseS3Request(method, url, headers, body);
    const operation = request.bucket === '' ? undefined : operations[operationKey(request)];
    const run = async (): Promise<Reply> => {
      if (operation === undefined) return refuse('NotImplemented', `${method} ${url} is not known here`, 501);
      refuseUnknown(request, operation.query);
      try {
        return operation.run(request);
      } catch (error) {
        throw hidingAbsence(error, caller, request.bucket);
      }
    };
    return {
      service: 's3',
      action: operation?.action ?? method,
      input: { Bucket: request.bucket, ...(request.key && { Key: request.key }) },
      needed: operation === undefined ? [] : neededFor(operation, request),
      run,
      refuse,
    };
  };
};
