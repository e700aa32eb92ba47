import type { Condition, Model, PolicyStatement, QueuePolicyStatement } from './model.ts';

/** IAM's wildcards: `*` is any text, colons and slashes included, `?` one character. */
export const matchesWildcard = (pattern: string, value: string, flags = ''): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`).test(value);
};

const applies = ({ actions, resources }: PolicyStatement | QueuePolicyStatement, action: string, resource: string) =>
  actions.some((pattern) => matchesWildcard(pattern, action, 'i')) &&
  resources.some((pattern) => matchesWildcard(pattern, resource));

const decides = (statements: readonly { readonly effect: 'Allow' | 'Deny' }[]): boolean =>
  statements.length > 0 && statements.every(({ effect }) => effect === 'Allow');

/** An explicit denial wins; without any statement the answer is no. */
export const allows = (statements: readonly PolicyStatement[], action: string, resource: string): boolean =>
  decides(statements.filter((statement) => applies(statement, action, resource)));

/** On whose behalf a service acts. */
export interface Source {
  readonly principal: 'events.amazonaws.com' | 'apigateway.amazonaws.com';
  readonly sourceArn: string;
}

const holds = ({ operator, key, values }: Condition, sourceArn: string, account: string): boolean => {
  const actual = key === 'aws:SourceArn' ? sourceArn : account;
  // ArnEquals and ArnLike are the same operator.
  return values.some((value) => (operator === 'StringEquals' ? value === actual : matchesWildcard(value, actual)));
};

/** Whether a queue's policy lets a service send to it. */
export const maySend = (
  { queuePolicies, account }: Model,
  queueArn: string,
  { principal, sourceArn }: Source,
): boolean =>
  decides(
    queuePolicies.filter(
      (statement) =>
        statement.queues.includes(queueArn) &&
        statement.principals.some((allowed) => allowed === '*' || allowed === principal) &&
        applies(statement, 'sqs:SendMessage', queueArn) &&
        statement.conditions.every((condition) => holds(condition, sourceArn, account)),
    ),
  );

/** Whether a bus's policy lets a rule of another account put an event of an AWS service on it. */
export const mayForward = (
  { busPolicies }: Model,
  { account, bus, source }: { readonly account: string; readonly bus: string; readonly source: string },
): boolean =>
  busPolicies.some(
    (policy) => policy.bus === bus && policy.accounts.includes(account) && policy.sources.includes(source),
  );

/** Whether a function's own policy lets a service invoke it. */
export const mayInvoke = (
  { permissions, account }: Model,
  functionArn: string,
  { principal, sourceArn }: Source,
): boolean =>
  permissions.some(
    (permission) =>
      permission.functionArn === functionArn &&
      permission.principal === principal &&
      (permission.sourceAccount === undefined || permission.sourceAccount === account) &&
      (permission.sourceArn === undefined || matchesWildcard(permission.sourceArn, sourceArn)),
  );
