import { expect, test } from 'vitest';
import { compareConfigs } from '#commands/config/compare.ts';
import { configured } from '../../functions/configured.ts';

const checkout = (environments: object, more: object = {}) => ({
  team: 'pay',
  images: { app: 'registry.example/checkout' },
  environments,
  ...more,
});
const staging = { path: 'apps/checkout', applications: ['checkout'], tags: { semver: '>=1' } };

test('what is the same makes no line', () => {
  const one = configured({ checkout: checkout({ staging }) });
  expect(compareConfigs(one, configured({ checkout: checkout({ staging }) }))).toEqual([]);
});

test('services and environments are added, and go', () => {
  const before = configured({ checkout: checkout({ staging }) });
  const after = configured({ checkout: checkout({ production: staging }), ledger: checkout({ staging }) });
  expect(compareConfigs(before, after)).toEqual([
    '+ environment checkout/production',
    '+ service ledger',
    '+ environment ledger/staging',
    '- environment checkout/staging',
  ]);
});

test('what changes is told value by value', () => {
  const before = configured({ checkout: checkout({ staging }) });
  const after = configured({
    checkout: checkout(
      { staging: { ...staging, mode: 'observe', tags: { semver: '>=2' }, rollback: 'auto' } },
      { team: 'web' },
    ),
  });
  expect(compareConfigs(before, after)).toEqual([
    '~ service checkout',
    '    team: "pay" → "web"',
    '~ environment checkout/staging',
    '    mode: "write" → "observe"',
    '    tags.semver: ">=1" → ">=2"',
    '    rollback: "off" → "auto"',
  ]);
});

test('of many changes of one thing some are told, and the rest counted', () => {
  const images = (tag: string) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`i${at}`, `r.example/${tag}${at}`]));
  const one = (tag: string) => configured({ checkout: { ...checkout({ staging }), images: images(tag) } });
  const lines = compareConfigs(one('a'), one('b'));
  expect(lines).toHaveLength(14);
  expect(lines.at(-1)).toBe('    and 8 more');
});

test('the platform’s parts and what is switched off are told, too', () => {
  const before = configured({ checkout: checkout({ staging }) });
  const after = configured(
    { checkout: checkout({ staging: { ...staging, mode: 'on' } }) },
    { argocd: { eu: { url: 'https://argocd.acme.example' } } },
  );
  const lines = compareConfigs(before, after);
  expect(lines).toContain('+ switched off: checkout');
  expect(lines).toContain('- service checkout');
  expect(lines).toContain('    url: "https://argocd.eu.acme.example" → "https://argocd.acme.example"');
});
