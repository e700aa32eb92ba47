import { describe, expect, test } from 'vitest';
import { matches } from '#local/eventbridge/pattern.ts';

type Case = readonly [excluded: unknown, value: unknown, expected: boolean];

describe('anything-but', () => {
  test.each<Case>([
    ['initializing', 'running', true],
    ['initializing', 'initializing', false],
    ['initializing', 'Initializing', true],
    ['initializing', '', true],
    ['initializing', null, true],
    ['initializing', true, true],
    ['initializing', 5, true],
    ['', '', false],
    ['', 'a', true],
    ['5', 5, true],
    ['null', null, true],
    ['10.0.0.1', '10.0.0.1', false],
    [123, 123, false],
    [123, JSON.parse('1.23e2'), false],
    [123, 124, true],
    [123, '123', true],
    [123, null, true],
    [['stopped', 'overloaded'], 'stopped', false],
    [['stopped', 'overloaded'], 'running', true],
    [['stopped', 'overloaded'], false, true],
    [[100, 200, 300], 200, false],
    [[100, 200, 300], 150, true],
    [[100, 200, 300], '200', true],
    [{ prefix: 'init' }, 'initializing', false],
    [{ prefix: 'init' }, 'running', true],
    [{ prefix: 'init' }, 'Init', true],
    [{ prefix: 'init' }, null, true],
    [{ prefix: 'init' }, 5, true],
    [{ prefix: ['init', 'run'] }, 'running', false],
    [{ prefix: ['init', 'run'] }, 'stopped', true],
    [{ suffix: '.png' }, 'a.png', false],
    [{ suffix: '.png' }, 'a.jpg', true],
    [{ suffix: ['.png', '.jpg'] }, 'a.jpg', false],
    [{ 'equals-ignore-case': 'initializing' }, 'INITIALIZING', false],
    [{ 'equals-ignore-case': 'initializing' }, 'running', true],
    [{ 'equals-ignore-case': ['a', 'b'] }, 'B', false],
    [{ 'equals-ignore-case': ['a', ''] }, '', false],
    [{ 'equals-ignore-case': 'true' }, true, true],
    [{ wildcard: '*/lib/*' }, 'usr/lib/x', false],
    [{ wildcard: '*/lib/*' }, 'usr/bin/x', true],
    [{ wildcard: ['a*', '*z'] }, 'buzz', false],
    [{ wildcard: ['a*', '*z'] }, 'bus', true],
    [{ wildcard: '*' }, 'text', false],
    [{ wildcard: '*' }, null, true],
  ])('%j on %j: %s', (excluded, value, expected) => {
    expect(matches({ field: [{ 'anything-but': excluded }] }, { field: value })).toBe(expected);
  });

  test.each([[{}], [{ field: {} }], [{ field: [] }], [{ field: { inner: 'running' } }], [{ other: 'running' }]])(
    'needs the field to be there: %j',
    (event) => {
      expect(matches({ field: [{ 'anything-but': 'initializing' }] }, event)).toBe(false);
    },
  );

  test('passes an array as soon as one of its values passes', () => {
    const pattern = { field: [{ 'anything-but': ['a', 'b'] }] };
    expect(matches(pattern, { field: ['a', 'c'] })).toBe(true);
    expect(matches(pattern, { field: ['a', 'b'] })).toBe(false);
  });

  test('stands beside other values as an alternative', () => {
    const pattern = { field: [{ 'anything-but': { prefix: 'a' } }, 'apple'] };
    expect(matches(pattern, { field: 'apple' })).toBe(true);
    expect(matches(pattern, { field: 'avocado' })).toBe(false);
  });
});
