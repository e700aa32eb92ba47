import { describe, expect, test } from 'vitest';
import { functions, kinds, people } from '#events/catalog.ts';
import { cdeventProblems, cdeventsAtHand } from '../cdevents.ts';

const contracts = Object.entries(functions);
const produced = new Set([...contracts.flatMap(([, { produces }]) => produces), ...people.produces]);

/** CDEvents' grammar of types: of the standard ones, and of everybody's own. */
const standardType = /^dev\.cdevents\.[a-z]+\.[a-z]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const customType = /^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$/;

describe('the catalog', () => {
  test('has a producer for every kind', () => {
    expect(kinds.filter((kind) => !produced.has(kind)).map(({ type }) => type)).toEqual([]);
  });

  test('has a producer for everything that is consumed', () => {
    const unheard = contracts.flatMap(([name, { consumes }]) =>
      consumes === 'everything'
        ? []
        : consumes.filter((kind) => !produced.has(kind)).map(({ type }) => `${name}: ${type}`),
    );
    expect(unheard).toEqual([]);
  });

  test('lists every kind that a function names, and each once', () => {
    const listed = new Set(kinds);
    const named = contracts.flatMap(([, { consumes, produces }]) => [
      ...produces,
      ...(consumes === 'everything' ? [] : consumes),
    ]);
    expect(named.filter((kind) => !listed.has(kind))).toEqual([]);
    expect(new Set(kinds.map(({ detailType }) => detailType)).size).toBe(kinds.length);
  });

  test('has no function that hears of nothing', () => {
    const deaf = contracts.filter(([, { consumes, from }]) => consumes.length === 0 && from === undefined);
    expect(deaf).toEqual([]);
  });

  test.each(kinds.map(({ type, detailType }) => [type, detailType]))('%s is a type of CDEvents', (type, detailType) => {
    expect(type).toMatch(type.startsWith('dev.cdeventsx.') ? customType : standardType);
    expect(type.startsWith(`${detailType}.`)).toBe(true);
    expect(detailType).not.toMatch(/[0-9]$/);
  });

  test.skipIf(!cdeventsAtHand)('has standard types in the versions of CDEvents 0.5.1', () => {
    const standard = kinds.filter(({ type }) => type.startsWith('dev.cdevents.'));
    expect(standard.length).toBeGreaterThan(0);
    for (const { type } of standard)
      expect(cdeventProblems(type, {})).not.toContain(`CDEvents 0.5.1 has no type ${type}`);
  });
});
