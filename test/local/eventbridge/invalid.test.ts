import { describe, expect, test } from 'vitest';
import { compilePattern, InvalidPattern, matches, problemsOf } from '#local/eventbridge/pattern.ts';

const operator = (value: unknown): unknown => ({ a: [value] });
const numeric = (operand: unknown): unknown => operator({ numeric: operand });
const cidr = (operand: unknown): unknown => operator({ cidr: operand });

type Case = readonly [pattern: unknown, path: string];

describe('a pattern is refused, with the path of the problem:', () => {
  test.each<Case>([
    [[1, 2, 3], '$'],
    ['x', '$'],
    [null, '$'],
    [{}, '$'],
    [{ a: 1 }, '$.a'],
    [{ a: 'x' }, '$.a'],
    [{ a: true }, '$.a'],
    [{ a: null }, '$.a'],
    [{ a: {} }, '$.a'],
    [{ a: [] }, '$.a'],
    [{ 'detail-type': 'x' }, '$.detail-type'],
    [{ 'a.b': { c: [] } }, '$["a.b"].c'],
    [{ a: [['x']] }, '$.a[0]'],
    [{ a: ['x', {}] }, '$.a[1]'],
    [{ a: [undefined] }, '$.a[0]'],
    [operator({ x: 2 }), '$.a[0].x'],
    [operator({ regex: '.*' }), '$.a[0].regex'],
    [operator({ constructor: 'x' }), '$.a[0].constructor'],
    [operator({ prefix: 'x', suffix: 'y' }), '$.a[0]'],
    [operator({ exactly: 33 }), '$.a[0].exactly'],
    [operator({ prefix: 3 }), '$.a[0].prefix'],
    [operator({ prefix: ['x'] }), '$.a[0].prefix'],
    [operator({ prefix: { wildcard: 'x' } }), '$.a[0].prefix'],
    [operator({ prefix: { 'equals-ignore-case': ['x'] } }), '$.a[0].prefix.equals-ignore-case'],
    [operator({ suffix: null }), '$.a[0].suffix'],
    [operator({ suffix: { 'equals-ignore-case': 'x', y: 1 } }), '$.a[0].suffix'],
    [operator({ 'equals-ignore-case': ['abc'] }), '$.a[0].equals-ignore-case'],
    [operator({ wildcard: 5 }), '$.a[0].wildcard'],
    [operator({ wildcard: 'abc**def' }), '$.a[0].wildcard'],
    [operator({ wildcard: 'a\\bc' }), '$.a[0].wildcard'],
    [operator({ wildcard: 'foo*bar\\' }), '$.a[0].wildcard'],
    [operator({ exists: 'true' }), '$.a[0].exists'],
    [operator({ exists: null }), '$.a[0].exists'],
    [operator({ 'anything-but': null }), '$.a[0].anything-but'],
    [operator({ 'anything-but': true }), '$.a[0].anything-but'],
    [operator({ 'anything-but': [] }), '$.a[0].anything-but'],
    [operator({ 'anything-but': ['x', 1] }), '$.a[0].anything-but'],
    [operator({ 'anything-but': ['x', null] }), '$.a[0].anything-but'],
    [operator({ 'anything-but': [{ wildcard: 'x' }] }), '$.a[0].anything-but'],
    [operator({ 'anything-but': {} }), '$.a[0].anything-but'],
    [operator({ 'anything-but': { numeric: ['=', 1] } }), '$.a[0].anything-but.numeric'],
    [operator({ 'anything-but': { prefix: 'x', suffix: 'y' } }), '$.a[0].anything-but'],
    [operator({ 'anything-but': { prefix: '' } }), '$.a[0].anything-but.prefix'],
    [operator({ 'anything-but': { suffix: ['x', ''] } }), '$.a[0].anything-but.suffix'],
    [operator({ 'anything-but': { suffix: [] } }), '$.a[0].anything-but.suffix'],
    [operator({ 'anything-but': { prefix: { 'equals-ignore-case': 'x' } } }), '$.a[0].anything-but.prefix'],
    [operator({ 'anything-but': { 'equals-ignore-case': ['x', 1] } }), '$.a[0].anything-but.equals-ignore-case[1]'],
    [operator({ 'anything-but': { wildcard: ['1', 'foo**bar'] } }), '$.a[0].anything-but.wildcard[1]'],
    [operator({ 'anything-but': 123456789012 }), '$.a[0].anything-but'],
    [numeric('=5'), '$.a[0].numeric'],
    [numeric([]), '$.a[0].numeric'],
    [numeric(['=']), '$.a[0].numeric'],
    [numeric(['=', true]), '$.a[0].numeric'],
    [numeric(['<', '5']), '$.a[0].numeric'],
    [numeric(['==', 1]), '$.a[0].numeric'],
    [numeric([1, '=']), '$.a[0].numeric'],
    [numeric(['=', 1, '<', 2]), '$.a[0].numeric'],
    [numeric(['<', 1, '>', 0]), '$.a[0].numeric'],
    [numeric(['>', 1, '<', 1]), '$.a[0].numeric'],
    [numeric(['>', 30, '<', 1]), '$.a[0].numeric'],
    [numeric(['>', 1, '<']), '$.a[0].numeric'],
    [numeric(['>', 1, '>', 2]), '$.a[0].numeric'],
    [numeric(['>', 1, '<', 30, false]), '$.a[0].numeric'],
    [numeric(['>', 5.1e9]), '$.a[0].numeric'],
    [numeric(['>', -5000000001]), '$.a[0].numeric'],
    [numeric(['=', 0.0000001]), '$.a[0].numeric'],
    [numeric(['=', 4999999999.999999]), '$.a[0].numeric'],
    [cidr('foo'), '$.a[0].cidr'],
    [cidr(10), '$.a[0].cidr'],
    [cidr('10.0.0.0'), '$.a[0].cidr'],
    [cidr('10.0.0.0/8/8'), '$.a[0].cidr'],
    [cidr('10.0.0.0/'), '$.a[0].cidr'],
    [cidr('10.0.0.0/-1'), '$.a[0].cidr'],
    [cidr('10.0.0.0/x'), '$.a[0].cidr'],
    [cidr('10.0.0.0/32'), '$.a[0].cidr'],
    [cidr('700.168.0.1/8'), '$.a[0].cidr'],
    [cidr('::1/128'), '$.a[0].cidr'],
    [cidr('2400:6500:FF00::36FB:1F80/222'), '$.a[0].cidr'],
    [cidr('fe80::1%eth0/64'), '$.a[0].cidr'],
    [{ $or: { a: [1] } }, '$.$or'],
    [{ $or: [] }, '$.$or'],
    [{ $or: [{ a: [1] }] }, '$.$or'],
    [{ $or: [{ a: [1] }, 'x'] }, '$.$or'],
    [{ $or: [{ a: [1] }, {}] }, '$.$or[1]'],
    [{ detail: { $or: [{ a: [1] }, { b: 2 }] } }, '$.detail.$or[1].b'],
    [{ $or: [{ a: [1] }, { prefix: ['x'] }] }, '$.$or[1].prefix'],
    [{ $or: [{ a: [1] }, { b: { '=': [1] } }] }, '$.$or[1].b["="]'],
  ])('%j', (pattern, path) => {
    expect(problemsOf(pattern).map((problem) => problem.path)).toEqual([path]);
    expect(() => matches(pattern, { a: 1 })).toThrow(InvalidPattern);
  });
});

test('all problems of a pattern are told at once', () => {
  const pattern = { source: 'x', detail: { a: [{ wildcard: '**' }, { prefix: 1 }], b: {} }, $or: [] };
  expect(problemsOf(pattern).map(({ path }) => path)).toEqual([
    '$.source',
    '$.detail.a[0].wildcard',
    '$.detail.a[1].prefix',
    '$.detail.b',
    '$.$or',
  ]);
  expect(() => compilePattern(pattern)).toThrow(/\$\.source must be .*; \$\.detail\.a\[0\]\.wildcard has two stars/);
});

test('a pattern that multiplies without end is refused instead of being built', () => {
  const or = (field: string) => ({ $or: Array.from({ length: 10 }, (_, value) => ({ [field]: [value] })) });
  expect(problemsOf({ a: or('a'), b: or('b'), c: or('c') })).toEqual([]);
  expect(problemsOf({ a: or('a'), b: or('b'), c: or('c'), d: or('d') }).map(({ path }) => path)).toEqual(['$.d.$or']);
});

test('the name of an operator is a fine name for a field outside of $or', () => {
  expect(matches({ prefix: ['x'], numeric: { '=': [1] } }, { prefix: 'x', numeric: { '=': 1 } })).toBe(true);
});

test.each([[null], ['x'], [5], [[{ a: 1 }]]])('an event that is no object is a mistake: %j', (event) => {
  expect(() => matches({ a: [1] }, event)).toThrow(TypeError);
});
