import { expect, test } from 'vitest';
import { skippedBy } from './told.ts';

test.each([
  ['ping', { zen: 'Keep it logically awesome.' }, 'ping: no part of a delivery'],
  ['issues', { action: 'opened' }, 'issues.opened: no part of a delivery'],
  ['issues', { action: 'Something that a person wrote' }, 'issues: no part of a delivery'],
  ['star', null, 'star: no part of a delivery'],
])('%s with %j is skipped by name', (event, payload, reason) => {
  expect(skippedBy(event, payload)).toBe(reason);
});
