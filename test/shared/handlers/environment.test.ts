import { expect, test } from 'vitest';
import { readEnvironment } from '#shared/handlers/environment.ts';

test('an environment that holds what is needed is read', () => {
  const { STAGE, TABLE } = readEnvironment({ STAGE: 'dev', TABLE: 'deliveries', HOME: '/' }, ['STAGE', 'TABLE']);
  expect([STAGE, TABLE]).toEqual(['dev', 'deliveries']);
});

test('all that is missing or empty is named in one error', () => {
  expect(() =>
    readEnvironment({ STAGE: 'dev', TABLE: '', BUS: undefined }, ['STAGE', 'TABLE', 'BUS', 'SECRETS']),
  ).toThrow(/lacks TABLE, BUS, SECRETS: /);
});

test('nothing is asked of a function that needs nothing', () => {
  expect(() => readEnvironment({}, [])).not.toThrow();
});
