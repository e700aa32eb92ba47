import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceRolledback } from '#events/services.ts';
import { gitProblems, logProblems, slackProblems } from './checks.ts';
import { readLog } from './log.ts';
import { planOf } from './plan.ts';
import { seeds, startTrial, type Trial } from './trial.ts';
import { wayBackFacts, wayBackProblems } from './way-back-checks.ts';

describe.skipIf(seeds.length === 0)('good and bad pushes', () => {
  let trial: Trial;

  beforeAll(async () => {
    trial = await startTrial('examples/acme/fairlead.yaml');
    // Something to go back to.
    await trial.push('checkout');
    await trial.settle();
  });

  afterAll(() => trial?.close());

  test.each(seeds)(
    'end in the newest that is good, whatever goes wrong (seed %i)',
    async (seed) => {
      const { fairlead, witness, observed, troubles } = trial;
      const plan = planOf(seed);
      const contradicted = witness.contradictions.length;
      troubles.begin(plan);
      // Every other seed ends with a bad one, which must go back; the others may, or are overtaken.
      const last = plan.pushes.length - 1;
      const pushes = plan.pushes.map((push, at) => ({
        ...push,
        service: 'checkout',
        bad: at === last ? seed % 2 === 1 : push.pause % 2 === 1,
      }));
      await trial.pushAll(pushes);
      await trial.settle();

      const logged = await readLog(fairlead);
      const problems = [
        ...witness.contradictions.slice(contradicted).map((what) => `${what} was said twice, and differently`),
        ...logProblems(witness.events, logged),
        ...(await gitProblems(fairlead)),
        ...(await wayBackProblems(fairlead, logged)),
        ...slackProblems(fairlead, logged, wayBackFacts),
        ...observed.ranTwice(),
      ];
      const replay = `FAIRLEAD_SEED=${seed} npx vitest run --project chain\n${JSON.stringify(plan)}`;
      expect(problems, replay).toEqual([]);
    },
    240_000,
  );

  test.skipIf(seeds.length < 3)('there was something to roll back', async () => {
    const rollbacks = trial.witness.events.filter(serviceRolledback.is);
    expect(rollbacks).not.toEqual([]);
    expect(trial.troubles.tally.crashes).not.toEqual([]);
  });
});
