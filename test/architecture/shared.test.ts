import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functions } from '#events/catalog.ts';
import { root } from './stack.ts';

/** What the design keeps in shared/ for functions that are still to come: the queue's entry, and the writer of Git. */
const early = [/^shared\/handlers\/(on-queue|gathering)\.ts$/, /^shared\/gitops\//];

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\bfrom '([#.][^']+)'/g)].map(([, from = '']) =>
    from.startsWith('#') ? from.slice(1) : normalize(join(dirname(file), from)),
  );

/** Every file that these need, and what those need in turn. */
const reachedFrom = (entries: readonly string[]): ReadonlySet<string> => {
  const reached = new Set(entries);
  for (const file of reached) for (const next of importsOf(file)) if (existsSync(join(root, next))) reached.add(next);
  return reached;
};

const complete = Object.keys(functions).every((name) => existsSync(join(root, 'functions', name, 'index.ts')));

/** By its folder each: what it reaches. The build and the commands are users too. */
const users = [...Object.keys(functions).map((name) => `functions/${name}`), 'build', 'commands'].map((folder) =>
  reachedFrom(globSync(`${folder}/**/*.ts`, { cwd: root })),
);

describe.skipIf(!complete)('a file in shared/', () => {
  test.each(globSync('shared/**/*.ts', { cwd: root }).filter((file) => !early.some((pattern) => pattern.test(file))))(
    '%s has two users, or it would move into the one that it has',
    (file) => {
      expect(users.filter((reached) => reached.has(file)).length).toBeGreaterThanOrEqual(2);
    },
  );
});
