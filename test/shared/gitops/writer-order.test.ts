import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent, Result } from '#shared/gitops/intent.ts';
import { runs } from '../../runs.ts';
import { intentOf, kustomization } from './standard.ts';
import { createWorld, manifest } from './world.ts';

const published = [1, 2, 3, 4].map((minute) => intentOf(`main-${minute}`, minute));

/** Each event once or twice, in any order, in batches of any size. */
const deliveries = fc
  .tuple(fc.subarray(published), fc.integer({ min: 1, max: 4 }))
  .chain(([again, size]) =>
    fc.tuple(
      fc.shuffledSubarray([...published, ...again], { minLength: published.length + again.length }),
      fc.constant(size),
    ),
  );

const batchesOf = (intents: readonly Intent[], size: number): Intent[][] =>
  Array.from({ length: Math.ceil(intents.length / size) }, (_, at) => intents.slice(at * size, (at + 1) * size));

describe('whatever order events come in, and however often', () => {
  it('Git ends with the newest image, and each event is in at most one commit', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ([intents, size]) => {
        const world = await createWorld();
        try {
          const writers = [world.writer(), world.writer()];
          const signal = AbortSignal.timeout(25_000);
          const results: Result[] = [];
          for (const [at, batch] of batchesOf(intents, size).entries()) {
            const written = await writers[at % 2]?.write(world.repository, batch, signal);
            results.push(...(written ?? []));
          }
          expect(await world.read(manifest('checkout'))).toBe(kustomization('checkout', 'main-4'));
          const commits = await world.served.commits('0', (await world.served.head()) ?? '0');
          const events = commits.flatMap(({ message }) => message.match(/(?<=^Fairlead-Event: ).*$/gm) ?? []);
          expect(new Set(events).size).toBe(events.length);
          const committed = results.flatMap((result) => (result.outcome === 'committed' ? [result.revision] : []));
          expect(commits.map(({ id }) => id)).toEqual(expect.arrayContaining(committed));
        } finally {
          await world.end();
        }
      }),
      { numRuns: runs(2, 12) },
    );
  });
});
