import { Failure } from '../failure.ts';

/** Where a command looks. */
export interface Where {
  readonly stage: string;
  /** The URL of a local Fairlead. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

const causesOf = (error: unknown): Error[] => {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap(causesOf)];
};

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name);

const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'TimeoutError', 'AbortError'];
const rejected = ['UnrecognizedClientException', 'InvalidSignatureException', 'InvalidClientTokenId'];
const expired = ['ExpiredTokenException', 'ExpiredToken', 'TokenProviderError'];

const signIn =
  'Sign in (`aws sso login`) and name the profile (AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';

const locally = (stage: string): string => `For a stage on this machine: npm start -- --stage ${stage}`;

const remedyOf = (error: Error, { stage, endpoint, region }: Where): string | undefined => {
  const code = codeOf(error);
  const place = endpoint ?? region ?? 'this region';
  if (code === 'QueueDoesNotExist') return `${place} has no such queue, or no stage ${stage}: ${error.message}`;
  if (/^Function not found/.test(error.message)) return error.message;
  if (code === 'ResourceNotFoundException') {
    return `There is no stage ${stage} in ${place}: its table fairlead-${stage}-deliveries does not exist. Check --stage, AWS_REGION and the account (AWS_PROFILE), or deploy it: npx serverless deploy --stage ${stage}`;
  }
  if (code === 'NoSuchBucket') {
    return `There is no bucket for the configuration of the stage ${stage} in ${place}. Check --stage, AWS_REGION and the account (AWS_PROFILE), or deploy it: npx serverless deploy --stage ${stage}`;
  }
  if (code === 'CredentialsProviderError') {
    return `There are no AWS credentials. ${signIn} ${locally(stage)}`;
  }
  if (expired.includes(code)) return `Your AWS session has ended (${error.message}). ${signIn}`;
  if (rejected.includes(code)) return `AWS does not know these credentials (${error.message}). ${signIn}`;
  if (/^Region is missing/.test(error.message)) {
    return `No AWS region is set. Set AWS_REGION to that of the stage ${stage} (operations/params.yml: region). ${locally(stage)}`;
  }
  if (/^AccessDenied/.test(code) || /AccessDenied/.test(error.message)) {
    const [, action, resource] = /to perform: (\S+) on resource: (\S+)/.exec(error.message) ?? [];
    const what = action === undefined ? error.message : `${action} on ${resource}`;
    return `You may not do this on the stage ${stage}: ${what}. docs/commands.md lists what a role needs.`;
  }
  if (unreachable.includes(code)) return `Nothing answers at ${place} (${code}): is the network, or \`npm start\`, up?`;
  return undefined;
};

/** What an AWS client threw, as a person can act on it; anything else as it is. */
export const explain = (error: unknown, where: Where): unknown => {
  if (error instanceof Failure) return error;
  const causes = causesOf(error);
  for (const one of causes) {
    const remedy = remedyOf(one, where);
    if (remedy !== undefined) return new Failure(remedy, { cause: error });
  }
  const answer = causes.find((one) => '$metadata' in one || one.name === 'Upstream');
  return answer === undefined ? error : new Failure(`${answer.name}: ${answer.message}`, { cause: error });
};
