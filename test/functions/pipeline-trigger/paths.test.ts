import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPathFilter } from '#functions/pipeline-trigger/paths.ts';

describe('globs', () => {
  test.each([
    [['apps/checkout/**'], 'apps/checkout/src/main.ts', true],
    [['apps/checkout/**'], 'apps/cart/src/main.ts', false],
    [['apps/*'], 'apps/checkout/main.ts', false],
    [['apps/**'], 'apps/.env', true],
    [['**'], '.github/workflows/build.yml', true],
    [['**/*.ts'], 'main.ts', true],
    [['apps/**', '!apps/**/*.md'], 'apps/checkout/README.md', false],
    [['apps/**', '!apps/**/*.md'], 'apps/checkout/main.ts', true],
    [['apps/**', '!apps/**/*.md', 'apps/docs/**'], 'apps/docs/index.md', true],
    [['!docs/**'], 'docs/index.md', false],
    [['!docs/**'], 'apps/main.ts', true],
    [['apps/!(docs)/**'], 'apps/checkout/main.ts', true],
    [['apps/!(docs)/**'], 'apps/docs/main.ts', false],
    [['!(docs)/**'], 'docs/main.ts', false],
    [['!(docs)/**'], 'apps/main.ts', true],
    [['{apps,libs}/**'], 'libs/money/round.ts', true],
    [[], 'anything', true],
  ])('%j and %s: %s', (globs, path, wanted) => {
    expect(createPathFilter(globs)(path)).toBe(wanted);
  });

  const folder = fc.constantFrom('apps', 'libs', 'docs', '.github');
  const path = fc.tuple(folder, fc.constantFrom('a.ts', 'deep/b.md', '.hidden')).map((parts) => parts.join('/'));

  test('that end in ** take everything, and nothing after !**', () => {
    const globs = fc.array(fc.tuple(fc.boolean(), folder).map(([not, name]) => `${not ? '!' : ''}${name}/**`));
    fc.assert(
      fc.property(globs, path, (before, each) => {
        expect(createPathFilter([...before, '**'])(each)).toBe(true);
        expect(createPathFilter([...before, '!**'])(each)).toBe(false);
      }),
    );
  });
});
