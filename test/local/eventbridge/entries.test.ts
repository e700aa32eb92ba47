import { describe, expect, test } from 'vitest';
import { createEventBuses } from '#local/eventbridge/bus.ts';
import { RequestRefused } from '#local/eventbridge/entries.ts';
import { entry, fakeWorld, here } from './fixture.ts';

const buses = createEventBuses({ ...here, rules: [] }, fakeWorld());
const put = (...entries: unknown[]) => buses.putEvents(entries);

const refusalOf = (entries: unknown): unknown => {
  try {
    return buses.putEvents(entries);
  } catch (error) {
    return error instanceof RequestRefused ? error.code : error;
  }
};

describe('an entry is rejected alone', () => {
  test.each([
    [
      'without a source',
      { Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'with an empty source',
      { Source: '' },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'without a detail type',
      { DetailType: undefined },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'without a detail',
      { Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['with a detail that is no JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with a detail that is an array', { Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with a detail that is a string', { Detail: '"x"' }, 'MalformedDetail', 'Detail is malformed.'],
    ['with a detail that is null', { Detail: 'null' }, 'MalformedDetail', 'Detail is malformed.'],
    [
      'with a source of AWS',
      { Source: 'aws.ecr' },
      'NotAuthorizedForSourceException',
      'Not authorized for the source.',
    ],
  ])('%s', (_, changes, ErrorCode, ErrorMessage) => {
    const result = put(entry(), entry(changes), entry());
    expect(result.FailedEntryCount).toBe(1);
    expect(result.Entries[1]).toEqual({ ErrorCode, ErrorMessage });
    expect(result.Entries[0]).toEqual({ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(result.Entries[2]).toEqual({ EventId: expect.any(String) });
  });

  test('with a detail type over 128 characters', () => {
    expect(put(entry({ DetailType: 'x'.repeat(129) })).Entries[0]).toMatchObject({ ErrorCode: 'InvalidArgument' });
    expect(put(entry({ DetailType: 'x'.repeat(128) })).FailedEntryCount).toBe(0);
  });

  test('when a fault is injected', () => {
    const faulty = createEventBuses(
      { ...here, rules: [] },
      fakeWorld({
        reject: ({ Source }) => (Source === 'b' ? { code: 'ThrottlingException', message: 'Slow down.' } : undefined),
      }),
    );
    const result = faulty.putEvents([entry({ Source: 'a' }), entry({ Source: 'b' })]);
    expect(result.FailedEntryCount).toBe(1);
    expect(result.Entries[1]).toEqual({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Slow down.' });
  });
});

describe('a request is refused as a whole', () => {
  test.each([
    ['with no entries', [], 'ValidationException'],
    ['with eleven entries', Array.from({ length: 11 }, () => entry()), 'ValidationException'],
    ['with something else than entries', { Entries: [] }, 'SerializationException'],
    ['with a detail that is not a string', [entry({ Detail: {} })], 'SerializationException'],
    ['with a time that is none', [entry({ Time: 'soon' })], 'SerializationException'],
    ['with a time beyond all calendars', [entry({ Time: 1e300 })], 'SerializationException'],
  ])('%s', (_, entries, code) => {
    expect(refusalOf(entries)).toBe(code);
  });

  test('as soon as its entries have over 1 MiB together, in bytes of UTF-8', () => {
    const empty = { Source: 'src', DetailType: 'type', Resources: ['ü'], Time: 0 };
    const fixed = 3 + 4 + 2 + 14 + '{"x":""}'.length;
    const detail = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes - fixed) });
    const half = 512 * 1024;
    expect(put({ ...empty, Detail: detail(half) }, { ...empty, Detail: detail(half) }).FailedEntryCount).toBe(0);
    expect(
      refusalOf([
        { ...empty, Detail: detail(half) },
        { ...empty, Detail: detail(half + 1) },
      ]),
    ).toBe('ValidationException');
  });
});
