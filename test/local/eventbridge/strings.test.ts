import { describe, expect, test } from 'vitest';
import { matches } from '#local/eventbridge/pattern.ts';

/** What a pattern for one field asks, the field's value in the event, and whether they match. */
type Case = readonly [asked: readonly unknown[], value: unknown, expected: boolean];

const check = (name: string, cases: readonly Case[]): void => {
  describe(name, () => {
    test.each(cases)('%j on %j: %s', (asked, value, expected) => {
      expect(matches({ field: asked }, { field: value })).toBe(expected);
    });
  });
};

check('a plain string', [
  [['running'], 'running', true],
  [['running'], 'Running', false],
  [['running'], 'running ', false],
  [['running', 'stopped'], 'stopped', true],
  [['running', 'stopped'], 'pending', false],
  [[''], '', true],
  [[''], ' ', false],
  [[''], null, false],
  [['5'], 5, false],
  [['true'], true, false],
  [['null'], null, false],
  [['ünïcode 🚢'], 'ünïcode 🚢', true],
  [['"quoted"'], '"quoted"', true],
  [[{ exactly: 'running' }], 'running', true],
  [[{ exactly: 'running' }], 'runnin', false],
]);

check('a prefix', [
  [[{ prefix: '2017-10-02' }], '2017-10-02T18:43:48Z', true],
  [[{ prefix: '2017-10-02' }], '2017-10-0', false],
  [[{ prefix: 'a' }], 'a', true],
  [[{ prefix: 'A' }], 'abc', false],
  [[{ prefix: '' }], 'anything', true],
  [[{ prefix: '' }], '', true],
  [[{ prefix: '' }], 5, false],
  [[{ prefix: '1' }], 12, false],
  [[{ prefix: 't' }], true, false],
  [[{ prefix: 'n' }], null, false],
  [[{ prefix: 'a*' }], 'a*b', true],
  [[{ prefix: 'a*' }], 'ab', false],
  [[{ prefix: { 'equals-ignore-case': 'EventB' } }], 'eventbridge', true],
  [[{ prefix: { 'equals-ignore-case': 'EventB' } }], 'EVENTB', true],
  [[{ prefix: { 'equals-ignore-case': 'EventB' } }], 'event', false],
  [[{ prefix: { 'equals-ignore-case': 'É' } }], 'école', true],
]);

check('a suffix', [
  [[{ suffix: '.png' }], 'logo.png', true],
  [[{ suffix: '.png' }], 'logo.PNG', false],
  [[{ suffix: '.png' }], '.png', true],
  [[{ suffix: '.png' }], 'png', false],
  [[{ suffix: '' }], 'anything', true],
  [[{ suffix: '5' }], 15, false],
  [[{ suffix: { 'equals-ignore-case': '.png' } }], 'LOGO.PnG', true],
  [[{ suffix: { 'equals-ignore-case': '.png' } }], 'logo.pn', false],
  [[{ suffix: { 'equals-ignore-case': 'ü🚢' } }], 'AÜ🚢', true],
]);

check('a text in any case', [
  [[{ 'equals-ignore-case': 'EC2' }], 'ec2', true],
  [[{ 'equals-ignore-case': 'ec2' }], 'EC2', true],
  [[{ 'equals-ignore-case': 'ec2' }], 'ec22', false],
  [[{ 'equals-ignore-case': 'ec2' }], 'ec', false],
  [[{ 'equals-ignore-case': '' }], '', true],
  [[{ 'equals-ignore-case': '' }], 'a', false],
  [[{ 'equals-ignore-case': 'k' }], '\u212a', false],
  [[{ 'equals-ignore-case': 'true' }], true, false],
]);

check('a wildcard', [
  [[{ wildcard: '*' }], '', true],
  [[{ wildcard: '*' }], 'anything', true],
  [[{ wildcard: '*' }], 5, false],
  [[{ wildcard: '*' }], null, false],
  [[{ wildcard: '' }], '', true],
  [[{ wildcard: '' }], 'a', false],
  [[{ wildcard: 'abc' }], 'abc', true],
  [[{ wildcard: 'abc' }], 'abcd', false],
  [[{ wildcard: 'Simple*Service' }], 'SimpleQueueService', true],
  [[{ wildcard: 'Simple*Service' }], 'SimpleService', true],
  [[{ wildcard: 'Simple*Service' }], 'SimpleServices', false],
  [[{ wildcard: 'ab*b' }], 'ab', false],
  [[{ wildcard: 'ab*b' }], 'abb', true],
  [[{ wildcard: '*a*' }], 'bab', true],
  [[{ wildcard: '*a*' }], 'bbb', false],
  [[{ wildcard: 'a*b*c' }], 'a-b-b-c', true],
  [[{ wildcard: 'a*b*c' }], 'acb', false],
  [[{ wildcard: '*/lib/*' }], 'usr/lib/x', true],
  [[{ wildcard: '*.ab*ab' }], 'x.abab', true],
  [[{ wildcard: '*.ab*ab' }], 'x.ab', false],
  [[{ wildcard: 'a\\*b' }], 'a*b', true],
  [[{ wildcard: 'a\\*b' }], 'axb', false],
  [[{ wildcard: 'a\\**' }], 'a*bc', true],
  [[{ wildcard: 'a\\**' }], 'abc', false],
  [[{ wildcard: '*\\*' }], 'ab*', true],
  [[{ wildcard: 'a\\\\b' }], 'a\\b', true],
  [[{ wildcard: 'a\\\\*' }], 'a\\anything', true],
  [[{ wildcard: 'a?c' }], 'abc', false],
  [[{ wildcard: 'a.c' }], 'abc', false],
  [[{ wildcard: 'A*' }], 'abc', false],
]);
