import { randomUUID } from 'node:crypto';
import type { AwsCall, Needed, Reply } from './call.ts';
import type { JsonService } from './json-service.ts';

export interface JsonRequest {
  /** `X-Amz-Target`: `AmazonSQS.SendMessage`. */
  readonly target: string;
  readonly contentType: string;
  /** The service in the signature's scope. */
  readonly signedFor: string | undefined;
  readonly body: string;
}

/** Names of services in IAM, by the prefix of their target. */
const names: Readonly<Record<string, string>> = {
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  DynamoDB_20120810: 'dynamodb',
  CodePipeline_20150709: 'codepipeline',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
};

const parsedBody = (body: string): unknown => {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** A call of the awsJson 1.0 or 1.1 protocol; the answer has the version of the request. */
export const readJsonCall = (
  { target, contentType, signedFor, body }: JsonRequest,
  serviceFor: (prefix: string) => JsonService | undefined,
  needed: (service: string, action: string, input: unknown) => readonly Needed[],
): AwsCall => {
  const [prefix = '', action = ''] = target.split('.');
  const service = names[prefix] ?? signedFor ?? prefix;
  const input = parsedBody(body);
  const reply = (status: number, content: unknown, headers: Reply['headers'] = {}): Reply => ({
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID(), ...headers },
    body: JSON.stringify(content ?? {}),
  });
  const refuse: AwsCall['refuse'] = (code, message, status, members) =>
    reply(status, { __type: code, message, ...members }, { 'x-amzn-errortype': code });
  const handle = serviceFor(prefix);
  return {
    service,
    action,
    input,
    needed: needed(service, action, input),
    refuse,
    run: async () => {
      if (handle === undefined) return refuse('UnknownOperationException', `${target} is not known here`, 400);
      if (input === undefined) return refuse('SerializationException', 'The body is no JSON.', 400);
      return reply(200, await handle(action, input));
    },
  };
};
