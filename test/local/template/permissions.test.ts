import { expect, test } from 'vitest';
import { allows, matchesWildcard } from '#local/template/permissions.ts';

const statement = (effect: 'Allow' | 'Deny', action: string, resource: string) => ({
  effect,
  actions: [action],
  resources: [resource],
});

test.each([
  ['*', 'anything', true],
  ['arn:*:rule/*', 'arn:aws:events:eu-west-1:1:rule/bus/name', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a.c', 'abc', false],
  ['ab', 'abc', false],
])('the wildcard %s matches %s: %s', (pattern, value, expected) => {
  expect(matchesWildcard(pattern, value)).toBe(expected);
});

test('nothing is allowed without a statement', () => {
  expect(allows([], 'sqs:SendMessage', 'q')).toBe(false);
});

test('actions are compared without case, resources with it', () => {
  const statements = [statement('Allow', 'SQS:sendmessage', 'q')];
  expect(allows(statements, 'sqs:SendMessage', 'q')).toBe(true);
  expect(allows(statements, 'sqs:SendMessage', 'Q')).toBe(false);
});

test('a denial wins over what is allowed', () => {
  const statements = [statement('Allow', 'sqs:*', '*'), statement('Deny', 'sqs:Send*', 'q')];
  expect(allows(statements, 'sqs:SendMessage', 'q')).toBe(false);
  expect(allows(statements, 'sqs:SendMessage', 'p')).toBe(true);
});
