import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { budgets, describeSize, isOverBudget } from '../../build/budgets.ts';
import { bundleFunctions } from '../../build/bundle.ts';

const root = join(import.meta.dirname, '../..');
const config = { version: 'abc', platform: { file: 'fairlead.yaml', content: {} }, services: [] };

test('every bundle keeps its budget, and nothing else has one', async () => {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache/budgets-test-'));
  try {
    const bundles = await bundleFunctions(join(root, 'functions'), folder, config);
    expect(bundles.filter(isOverBudget).map(describeSize)).toEqual([]);
    expect(Object.keys(budgets).sort()).toEqual(bundles.map(({ name }) => name).sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('github-webhook has 350 kB at most, because GitHub waits for it', () => {
  expect(budgets['github-webhook']).toBeLessThanOrEqual(350);
});

test('a size is told with its budget, and what is over it stands out', () => {
  expect(describeSize({ name: 'github-webhook', bytes: 328_401 })).toBe('github-webhook 329 kB of 350');
  expect(describeSize({ name: 'github-webhook', bytes: 350_001 })).toBe('github-webhook 351 kB of 350: too large');
  expect(describeSize({ name: 'new', bytes: 1 })).toBe('new 1 kB of no budget in build/budgets.ts: too large');
});
