import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageCommitted } from '#events/images.ts';
import type { Fault } from '#local/git-server/service.ts';
import { runs } from '../../runs.ts';
import { checkout } from '../rollback-trigger/deployment.ts';
import { manifest, manifestOf, wish } from './gitops.ts';
import { openQueued, type Queued } from './queued.ts';

/** So many mixtures; each takes about a second. Continuous integration sets more. */
const mixtures = runs(1, 10);

const services = ['checkout', 'ledger'] as const;
const newest = 3;

/** What happens to a request of git's; most often nothing. */
const trouble = fc.constantFrom<(Fault | 'race' | undefined)[]>(
  ...Array.from({ length: 6 }, () => undefined),
  'race',
  'race',
  'cut',
  'reset',
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 500 },
  { status: 403 },
);

/** Every image of every service, some twice, in any order, in rounds of any size. */
const all = services.flatMap((service) =>
  Array.from({ length: newest }, (_, at) => wish(at + 1, { place: { ...checkout, service } })),
);
const rounds = fc
  .subarray(all)
  .chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }))
  .chain((deliveries) =>
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }).map((sizes) => {
      const left = [...deliveries];
      return [...sizes.map((size) => left.splice(0, size)), left].filter((round) => round.length > 0);
    }),
  );

test(
  'whatever goes wrong, however often and in whatever order, nothing is lost and nothing is written twice',
  async () => {
    await fc.assert(
      fc.asyncProperty(rounds, fc.array(trouble, { maxLength: 40 }), async (deliveries, troubles) => {
        const foreign: string[] = [];
        const left = [...troubles];
        const queued: Queued = await openQueued(
          {
            // At the refs of a push somebody is faster than git can see, at its pack faster than the server can take it.
            intercept: async ({ kind }) => {
              const next = left.shift();
              if (next !== 'race') return next;
              const files = { 'README.md': `${foreign.length}` };
              if (kind === 'push') foreign.push(await queued.served.commit({ message: 'By hand', files }));
              return undefined;
            },
          },
          { services },
        );
        try {
          for (const round of deliveries) {
            queued.send(...round);
            await queued.deliver({ to: 2 });
            await queued.expectNothingLost(foreign);
          }
          for (let turns = 0; queued.waiting() + queued.aside.length > 0; turns += 1) {
            expect(turns).toBeLessThan(60);
            queued.redrive();
            await queued.deliver({ to: 2 });
          }
          await queued.expectNothingLost(foreign);
          expect(queued.dead).toEqual([]);
          for (const service of services) {
            expect(await queued.read(manifest(service))).toBe(manifestOf(service, { app: newest }));
            const told = queued.published.filter(imageCommitted.is);
            expect(told.some((event) => event.service === service)).toBe(true);
          }
        } finally {
          await queued.end();
        }
      }),
      { numRuns: mixtures },
    );
  },
  60_000 + mixtures * 20_000,
);
