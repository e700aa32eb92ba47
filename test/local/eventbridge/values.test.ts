import { describe, expect, test } from 'vitest';
import { matches } from '#local/eventbridge/pattern.ts';

type Case = readonly [asked: readonly unknown[], value: unknown, expected: boolean];

const check = (name: string, cases: readonly Case[]): void => {
  describe(name, () => {
    test.each(cases)('%j on %j: %s', (asked, value, expected) => {
      expect(matches({ field: asked }, { field: value })).toBe(expected);
    });
  });
};

check('a plain number, boolean or null', [
  [[1], 1, true],
  [[1], JSON.parse('1.0'), true],
  [[300], JSON.parse('3.0e2'), true],
  [[-0], 0, true],
  [[1], '1', false],
  [[1], true, false],
  [[1], 2, false],
  [[123456789012], 123456789012, true],
  [[123456789012], 123456789013, false],
  [[true], true, true],
  [[true], false, false],
  [[true], 'true', false],
  [[false], null, false],
  [[null], null, true],
  [[null], '', false],
  [[null], 0, false],
  [[null], 'null', false],
  [[1, 'one', null], null, true],
]);

check('a numeric comparison', [
  [[{ numeric: ['=', 301.8] }], 301.8, true],
  [[{ numeric: ['=', 3.018e2] }], JSON.parse('301.80'), true],
  [[{ numeric: ['=', 5] }], '5', false],
  [[{ numeric: ['=', 0] }], null, false],
  [[{ numeric: ['=', 0] }], false, false],
  [[{ numeric: ['<', 10] }], 9.999999, true],
  [[{ numeric: ['<', 10] }], 10, false],
  [[{ numeric: ['<=', 10] }], 10, true],
  [[{ numeric: ['>', 0] }], 0.000001, true],
  [[{ numeric: ['>', 0] }], 0, false],
  [[{ numeric: ['>=', 0] }], 0, true],
  [[{ numeric: ['>', -5] }], -4, true],
  [[{ numeric: ['<', 0] }], -1e9, true],
  [[{ numeric: ['>', 0, '<=', 5] }], 5, true],
  [[{ numeric: ['>', 0, '<=', 5] }], 0, false],
  [[{ numeric: ['>=', 0, '<', 5] }], 0, true],
  [[{ numeric: ['>=', 0, '<', 5] }], 5, false],
  [[{ numeric: ['>', 0, '<', 1] }, 7], 7, true],
  [[{ numeric: ['>=', -5e9] }], -5e9, true],
  [[{ numeric: ['<=', 4999999999.99999] }], 4999999999.99999, true],
]);

check('a CIDR block', [
  [[{ cidr: '10.0.0.0/24' }], '10.0.0.0', true],
  [[{ cidr: '10.0.0.0/24' }], '10.0.0.255', true],
  [[{ cidr: '10.0.0.0/24' }], '10.0.1.0', false],
  [[{ cidr: '10.0.0.0/24' }], '9.255.255.255', false],
  [[{ cidr: '13.32.0.0/15' }], '13.33.255.255', true],
  [[{ cidr: '13.32.0.0/15' }], '13.34.0.0', false],
  [[{ cidr: '0.0.0.0/0' }], '255.255.255.255', true],
  [[{ cidr: '0.0.0.0/0' }], '::1', false],
  [[{ cidr: '255.255.255.254/31' }], '255.255.255.255', true],
  [[{ cidr: '54.240.196.171/24' }], '54.240.196.200', true],
  [[{ cidr: '54.240.196.171/24' }], '54.240.196.170', false],
  [[{ cidr: '2001:db8::/32' }], '2001:db8::ff00:42:8329', true],
  [[{ cidr: '2001:db8::/32' }], '2001:DB8:FFFF:ffff:ffff:ffff:ffff:ffff', true],
  [[{ cidr: '2001:db8::/32' }], '2001:db9::', false],
  [[{ cidr: '2400:6500:FF00::36FB:1F80/122' }], '2400:6500:ff00::36fb:1fbf', true],
  [[{ cidr: '2400:6500:FF00::36FB:1F80/122' }], '2400:6500:ff00::36fb:1fc0', false],
  [[{ cidr: '::/0' }], '10.0.0.1', false],
  [[{ cidr: '10.0.0.0/8' }], '::ffff:a00:1', true],
  [[{ cidr: '10.0.0.0/8' }], 'ten', false],
  [[{ cidr: '10.0.0.0/8' }], '10.0.0', false],
  [[{ cidr: '10.0.0.0/8' }], '10.0.0.256', false],
  [[{ cidr: '10.0.0.0/8' }], '', false],
  [[{ cidr: '10.0.0.0/8' }], 10, false],
  [['::1'], '0:0:0:0:0:0:0:1', true],
  [['::1'], '::2', false],
  [['10.0.0.1'], '10.0.0.1', true],
  [['10.0.0.1'], '10.0.0.2', false],
]);
