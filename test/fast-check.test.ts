import fc from 'fast-check';
import { expect, test } from 'vitest';

test('properties are tried with the same examples everywhere, unless FAIRLEAD_FC_SEED says otherwise', () => {
  const wanted = process.env.FAIRLEAD_FC_SEED ?? '2026';
  expect(fc.readConfigureGlobal().seed).toBe(wanted === 'random' ? undefined : Number(wanted));
});
