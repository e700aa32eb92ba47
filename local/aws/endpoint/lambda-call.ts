import type { Lambda } from '../../lambda/lambda.ts';
import type { LambdaFunction } from '../../template/model.ts';
import { AwsError } from '../aws-error.ts';
import type { AwsCall, Reply } from './call.ts';

const path = /^\/2015-03-31\/functions\/([^/]+)(\/invocations)?$/;

export interface LambdaRequest {
  readonly method: string;
  readonly pathname: string;
  readonly invocationType: string;
  readonly body: string;
}

const run = async (lambda: Lambda, reference: string, { invocationType, body }: LambdaRequest): Promise<Reply> => {
  const payload = body === '' ? '{}' : body;
  const version = { 'x-amz-executed-version': '$LATEST' };
  const json = { 'content-type': 'application/json' };
  if (invocationType === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (invocationType === 'Event') {
    const { requestId } = lambda.invokeLater(reference, payload);
    return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
  }
  const { outcome, requestId } = await lambda.invoke(reference, payload);
  const headers = { ...json, ...version, 'x-amzn-requestid': requestId };
  return outcome.ok
    ? { status: 200, headers, body: outcome.payload }
    : {
        status: 200,
        headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
        body: JSON.stringify(outcome.error),
      };
};

/** By the last change of a function Serverless tells whether what it uploaded was deployed. */
const describe = (
  { name, arn, runtime, handler, role, memoryMb, timeoutSeconds }: LambdaFunction,
  changedAt: Date,
): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    Configuration: {
      FunctionName: name,
      FunctionArn: arn,
      Runtime: runtime,
      Handler: handler,
      Role: role.arn,
      MemorySize: memoryMb,
      Timeout: timeoutSeconds,
      LastModified: changedAt.toISOString().replace('Z', '+0000'),
      State: 'Active',
    },
  }),
});

/** A call of Lambda's Invoke or GetFunction, or undefined if the request is neither. */
export const readLambdaCall = (request: LambdaRequest, lambda: Lambda): AwsCall | undefined => {
  const [, encoded, invocations] = path.exec(request.pathname) ?? [];
  const action = { GET: 'GetFunction', POST: 'InvokeFunction' }[request.method];
  if (encoded === undefined || (action === 'InvokeFunction') !== (invocations !== undefined)) return undefined;
  if (action === undefined) return undefined;
  const reference = decodeURIComponent(encoded);
  const found = lambda.find(reference);
  return {
    service: 'lambda',
    action: action === 'GetFunction' ? action : 'Invoke',
    input: parsed(request.body),
    needed: [{ action: `lambda:${action}`, resource: found.arn }],
    run: async () =>
      action === 'GetFunction' ? describe(found, lambda.startedAt) : await run(lambda, reference, request),
    refuse: refuseInvoke,
  };
};

export const refuseInvoke: AwsCall['refuse'] = (code, message, status) => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  body: JSON.stringify({ Type: 'User', message }),
});

const parsed = (body: string): unknown => {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${error}`);
  }
};
