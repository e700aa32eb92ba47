import { expect } from 'vitest';
import { translate } from '#functions/github-webhook/translate.ts';
import { expectValidCdevent } from '../../cdevents.ts';

export const shop = 'https://github.com/acme/shop';

/** The one event of a payload, which must be valid. */
export const toldBy = (event: string, payload: unknown) => {
  const { events } = translate(event, payload);
  expect(events).toHaveLength(1);
  for (const told of events) expectValidCdevent(told);
  return events[0]!;
};

export const skippedBy = (event: string, payload: unknown) => {
  const { events, skipped } = translate(event, payload);
  expect(events).toEqual([]);
  return skipped;
};
