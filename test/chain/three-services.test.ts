import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locksRight, manifestsExact } from '#local/proof/git.ts';
import { prove, proveUpgrade } from '#local/proof/prove.ts';
import { endsWell } from '#local/proof/slack.ts';
import { lookAgain } from '#local/proof/witness.ts';
import { gitProblems, logProblems, slackProblems } from './checks.ts';
import { readLog } from './log.ts';
import { planOf } from './plan.ts';
import { seeds, startTrial, type Trial } from './trial.ts';

describe.skipIf(seeds.length === 0)('three services', () => {
  let trial: Trial;

  beforeAll(async () => {
    trial = await startTrial('examples/three-services/fairlead.yaml');
  });

  afterAll(() => trial?.close());

  test('go the whole road, and one of them again', async () => {
    const { fairlead, witness, push } = trial;
    const pushes = [await push('checkout'), await push('ledger'), await push('storefront')];
    await fairlead.idle();
    expect((await prove(fairlead, witness, pushes)).failures).toEqual([]);

    const later = await lookAgain(fairlead, witness);
    const upgrades = [await push('storefront')];
    await fairlead.idle();
    expect((await proveUpgrade(fairlead, later, upgrades)).failures).toEqual([]);
  }, 60_000);

  test.each(seeds)(
    'whatever goes wrong on the way, everything ends as it should (seed %i)',
    async (seed) => {
      const { fairlead, witness, observed, newest, troubles } = trial;
      const plan = planOf(seed);
      const contradicted = witness.contradictions.length;
      troubles.begin(plan);
      await trial.pushAll(plan.pushes);
      await trial.settle();

      const logged = await readLog(fairlead);
      const pushes = [...newest.values()];
      const problems = [
        ...witness.contradictions.slice(contradicted).map((what) => `${what} was said twice, and differently`),
        ...logProblems(witness.events, logged),
        ...(await gitProblems(fairlead)),
        ...(await manifestsExact(fairlead, witness, pushes)),
        ...(await locksRight(fairlead, witness, pushes)),
        ...slackProblems(fairlead, logged),
        ...(await endsWell(fairlead, witness, pushes)),
        ...observed.ranTwice(),
      ];
      const replay = `FAIRLEAD_SEED=${seed} npx vitest run --project chain\n${JSON.stringify(plan)}`;
      expect(problems, replay).toEqual([]);
    },
    180_000,
  );

  test.skipIf(seeds.length < 3)('all of that really went wrong', () => {
    const { crashes, ...counts } = trial.troubles.tally;
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
    // After the effect and before it is recorded.
    const between = crashes.filter((crash) => /after (events|codepipeline):|before dynamodb:UpdateItem/.test(crash));
    expect(between, crashes.join(', ')).not.toEqual([]);
    expect(trial.observed.notifiersAtOnce()).toBeGreaterThan(0);
  });
});
