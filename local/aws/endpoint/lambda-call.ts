import type { Lambda } from '../../lambda/lambda.ts';
import { AwsError } from '../aws-error.ts';
import type { AwsCall, Reply } from './call.ts';

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

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

/** A call of Lambda's Invoke, or undefined if the request is none. */
export const readLambdaCall = (request: LambdaRequest, lambda: Lambda): AwsCall | undefined => {
  const [, encoded] = path.exec(request.pathname) ?? [];
  if (encoded === undefined || request.method !== 'POST') return undefined;
  const reference = decodeURIComponent(encoded);
  const { arn } = lambda.find(reference);
  return {
    service: 'lambda',
    action: 'Invoke',
    input: parsed(request.body),
    needed: [{ action: 'lambda:InvokeFunction', resource: arn }],
    run: () => run(lambda, reference, request),
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
