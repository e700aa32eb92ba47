/** What failed to take an event: a function or a queue of the stage. */
export interface Target {
  readonly kind: 'function' | 'queue';
  /** Its whole name, by which AWS finds it. */
  readonly name: string;
  /** The name without `fairlead-<stage>-`: a function's folder. */
  readonly short: string;
}

const functionArn = /^arn:[^:]+:lambda:[^:]+:\d+:function:([^:]+)(?::[^:]+)?$/;
const queueArn = /^arn:[^:]+:sqs:[^:]+:\d+:([^:]+)$/;

export const failureQueueOf = (stage: string): string => `fairlead-${stage}-failures`;

/** Reads an ARN. Undefined if it is neither a function nor a queue of this stage: to nothing else is anything sent. */
export const parseTarget = (arn: string, stage: string): Target | undefined => {
  const prefix = `fairlead-${stage}-`;
  const [, lambda] = functionArn.exec(arn) ?? [];
  const [, queue] = queueArn.exec(arn) ?? [];
  const name = lambda ?? queue;
  if (name === undefined || name.length === prefix.length || !name.startsWith(prefix)) return undefined;
  if (queue === failureQueueOf(stage)) return undefined;
  return { kind: lambda === undefined ? 'queue' : 'function', name, short: name.slice(prefix.length) };
};
