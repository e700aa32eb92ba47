import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject } from '#local/eventbridge/fields.ts';
import { matches } from '#local/eventbridge/pattern.ts';
import { runs } from '../../runs.ts';

const asks = (asked: unknown, value: unknown): boolean => matches({ field: [asked] }, { field: value });

/** Text over few characters, so that matches happen; the characters are those that trip matchers up. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '*', '\\', '"', '.', 'é', '🚢'), maxLength: 8 });
const scalar = fc.oneof(text, fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(null));

describe('text', () => {
  test('a prefix is what startsWith says, a suffix what endsWith says', () => {
    fc.assert(
      fc.property(text, text, (part, value) => {
        expect(asks({ prefix: part }, value)).toBe(value.startsWith(part));
        expect(asks({ suffix: part }, value)).toBe(value.endsWith(part));
      }),
    );
  });

  test('anything-but is the complement of the plain value on a text that is present', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (values, value) => {
        expect(asks({ 'anything-but': values }, value)).toBe(!matches({ field: values }, { field: value }));
      }),
    );
  });

  test.each(['wildcard', 'equals-ignore-case'])('anything-but %s is the complement of it', (operator) => {
    const operand = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é'), maxLength: 4 });
    fc.assert(
      fc.property(operand, text, (part, value) => {
        const inner = { [operator]: part };
        expect(asks({ 'anything-but': inner }, value)).toBe(!asks(inner, value));
      }),
    );
  });

  test('prefix, suffix and whole in any case agree with their lower case on plain letters', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'z'), maxLength: 5 });
    fc.assert(
      fc.property(letters, letters, (part, value) => {
        const [low, other] = [part.toLowerCase(), value.toLowerCase()];
        expect(asks({ 'equals-ignore-case': part }, value)).toBe(low === other);
        expect(asks({ prefix: { 'equals-ignore-case': part } }, value)).toBe(other.startsWith(low));
        expect(asks({ suffix: { 'equals-ignore-case': part } }, value)).toBe(other.endsWith(low));
      }),
    );
  });
});

/** The definition of a wildcard, as slow as it is obvious: a star takes nothing, or one more character. */
const naive = (tokens: readonly string[], value: string): boolean => {
  const [token, ...rest] = tokens;
  if (token === undefined) return value === '';
  if (token === '*') return naive(rest, value) || (value !== '' && naive(tokens, value.slice(1)));
  const literal = token.replace(/^\\/, '');
  return value.startsWith(literal) && naive(rest, value.slice(literal.length));
};

describe('wildcards', () => {
  const tokens = fc
    .array(fc.constantFrom('*', 'a', 'b', 'ab', '\\*', '\\\\'), { maxLength: 8 })
    .map((all) => all.filter((token, index) => token !== '*' || all[index - 1] !== '*'));
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 10 });

  test('match as the naive definition does', () => {
    fc.assert(
      fc.property(tokens, value, (parts, candidate) => {
        expect(asks({ wildcard: parts.join('') }, candidate)).toBe(naive(parts, candidate));
      }),
      { numRuns: runs(300, 5000) },
    );
  });

  test('come to an end on a value made to make backtracking explode', () => {
    expect(asks({ wildcard: `${'a*'.repeat(200)}b` }, 'a'.repeat(100_000))).toBe(false);
  });
});

const bitsOf = (groups: readonly number[], width: number): string =>
  groups.map((group) => group.toString(2).padStart(width, '0')).join('');

/** A block as a comparison of bits: the same network, and not below the address that the block was written with. */
const inBlock = (base: string, mask: number, candidate: string): boolean =>
  candidate.startsWith(base.slice(0, mask)) && BigInt(`0b${candidate}`) >= BigInt(`0b${base}`);

describe('CIDR blocks', () => {
  const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
  const words = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
  /** Flips some low bits, so that the candidate is often within the block or just beside it. */
  const near = (max: number) => fc.tuple(fc.nat(7), fc.nat(max));
  const spelled = (groups: readonly number[]): string =>
    groups
      .map((group) => group.toString(16))
      .join(':')
      .replace(/(^|:)0(:0)+(:|$)/, '::');

  test('of IPv4 hold the addresses that their bits say', () => {
    fc.assert(
      fc.property(octets, fc.nat(31), near(255), (base, mask, [place, change]) => {
        const other = base.map((octet, index) => (index === place % 4 ? octet ^ change : octet));
        const expected = inBlock(bitsOf(base, 8), mask, bitsOf(other, 8));
        expect(asks({ cidr: `${base.join('.')}/${mask}` }, other.join('.'))).toBe(expected);
      }),
    );
  });

  test('of IPv6 hold the addresses that their bits say, however the addresses are spelled', () => {
    const isMapped = (groups: readonly number[]) => bitsOf(groups, 16).startsWith(bitsOf([0, 0, 0, 0, 0, 0xffff], 16));
    fc.assert(
      fc.property(words, fc.nat(127), near(0xffff), (base, mask, [place, change]) => {
        const other = base.map((word, index) => (index === place ? word ^ change : word));
        fc.pre(!isMapped(base) && !isMapped(other));
        const expected = inBlock(bitsOf(base, 16), mask, bitsOf(other, 16));
        expect(asks({ cidr: `${spelled(base)}/${mask}` }, spelled(other))).toBe(expected);
      }),
    );
  });
});

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, shuffled(inner)] as const)
      .reverse(),
  );
};

describe('structure', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const { event } = fc.letrec<{ event: Record<string, unknown>; node: unknown }>((tie) => ({
    event: fc.dictionary(key, tie('node'), { maxKeys: 3, noNullPrototype: true }),
    node: fc.oneof({ depthSize: 'small' }, scalar, tie('event'), fc.array(tie('node'), { maxLength: 3 })),
  }));
  const asked = fc.array(
    fc.oneof(
      scalar,
      fc.boolean().map((exists) => ({ exists })),
      scalar.filter((value) => typeof value === 'string').map((value) => ({ 'anything-but': value })),
    ),
    { minLength: 1, maxLength: 2 },
  );
  const pattern = fc.record(
    { a: asked, b: fc.oneof(asked, fc.record({ a: asked, c: asked })), c: fc.record({ b: asked }) },
    { requiredKeys: ['a'] },
  );

  test('the order of the keys in an event does not matter', () => {
    fc.assert(fc.property(pattern, event, (rule, input) => matches(rule, input) === matches(rule, shuffled(input))));
  });

  test('nor does the order of the elements of its arrays', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed).reverse();
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([k, inner]) => [k, reversed(inner)]))
        : value;
    };
    fc.assert(fc.property(pattern, event, (rule, input) => matches(rule, input) === matches(rule, reversed(input))));
  });

  test('a field either exists or does not', () => {
    fc.assert(
      fc.property(event, (input) => {
        const present = matches({ a: { b: [{ exists: true }] } }, input);
        expect(matches({ a: { b: [{ exists: false }] } }, input)).toBe(!present);
        expect(matches({ a: { b: [{ exists: true }, { exists: false }] } }, input)).toBe(true);
      }),
    );
  });

  test('$or of patterns for different fields is their disjunction', () => {
    fc.assert(
      fc.property(asked, asked, event, (first, second, input) => {
        const separately = matches({ a: first }, input) || matches({ b: second }, input);
        expect(matches({ $or: [{ a: first }, { b: second }] }, input)).toBe(separately);
      }),
    );
  });

  test('fields of one array are those of one element', () => {
    const element = fc.record({ a: fc.nat(3), b: fc.nat(3) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), fc.nat(3), fc.nat(3), (list, a, b) => {
        const expected = list.some((candidate) => candidate.a === a && candidate.b === b);
        expect(matches({ list: { a: [a], b: [b] } }, { list })).toBe(expected);
      }),
    );
  });
});
