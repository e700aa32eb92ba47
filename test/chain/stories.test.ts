import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Act, play } from './acts/act.ts';
import { asked } from './acts/asked.ts';
import { unproven } from './acts/first.ts';
import { late } from './acts/late.ts';
import { overtaken } from './acts/overtaken.ts';
import { places, writePlaces } from './acts/places.ts';
import { together } from './acts/together.ts';
import { gitProblems, logProblems, slackProblems } from './checks.ts';
import { readLog } from './log.ts';
import { planOf } from './plan.ts';
import { patience, seeds, startTrial, type Trial } from './trial.ts';
import { wayBackFacts, wayBackProblems } from './way-back-checks.ts';

/** Which acts play side by side: all at once would only make each slow. */
const actsOf = (trial: Trial, seed: number): Act[] => {
  switch (seed % 3) {
    case 1: {
      const isLast = !seeds.some((other) => other > seed && other % 3 === 1);
      return [overtaken(trial, 'not asked for'), late(trial, { comesBack: isLast })];
    }
    case 2:
      return [overtaken(trial, 'asked for'), together(trial)];
    default:
      return [asked(trial), unproven(trial, places.first(seed))];
  }
};

/** Of these something good runs before the first seed. */
const lastingIn = [[places.asked], [places.overtaken, places.late], [places.overtaken, ...places.together]];

describe.skipIf(seeds.length === 0)('ways back that cross others, and those that must not be', () => {
  let folder: string;
  let trial: Trial;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-acts-'));
    const lasting = [...new Set(seeds.flatMap((seed) => lastingIn[seed % 3] ?? []))];
    const fresh = seeds.filter((seed) => seed % 3 === 0).map(places.first);
    const config = await writePlaces(folder, [...lasting, ...fresh]);
    trial = await startTrial(config, { verifiedGraceSeconds: '1', build: 150 });
    // Something to go back to.
    for (const service of lasting) await trial.push(service);
    await trial.settle();
  }, 120_000 * patience);

  afterAll(async () => {
    await trial?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(seeds)(
    'end as they should, whatever goes wrong (seed %i)',
    async (seed) => {
      const { fairlead, witness, observed, troubles } = trial;
      const plan = planOf(seed);
      const contradicted = witness.contradictions.length;
      troubles.begin(plan);
      const wrong = await play(actsOf(trial, seed), trial.settle);

      const logged = await readLog(fairlead);
      const problems = [
        ...wrong,
        ...witness.contradictions.slice(contradicted).map((what) => `${what} was said twice, and differently`),
        ...logProblems(witness.events, logged),
        ...(await gitProblems(fairlead)),
        ...(await wayBackProblems(fairlead, logged)),
        ...slackProblems(fairlead, logged, wayBackFacts),
        ...observed.ranTwice(),
      ];
      const replay = `FAIRLEAD_SEED=${seed} npx vitest run --project chain stories\n${JSON.stringify(plan)}`;
      expect(problems, replay).toEqual([]);
    },
    240_000 * patience,
  );
});
