import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceRolledback } from '#events/services.ts';
import { prove, proveWayBack } from '#local/proof/prove.ts';
import { lookAgain } from '#local/proof/witness.ts';
import { gitProblems, logProblems, slackProblems } from './checks.ts';
import { readLog } from './log.ts';
import { planOf } from './plan.ts';
import { seeds, startTrial, type Trial } from './trial.ts';
import { wayBackFacts, wayBackProblems } from './way-back-checks.ts';

let trial: Trial;

beforeAll(async () => {
  trial = await startTrial('examples/acme/fairlead.yaml');
});

afterAll(() => trial?.close());

test('a bad push goes back to the good one before it, once', async () => {
  const { fairlead, witness, push } = trial;
  const good = [await push('checkout')];
  await fairlead.idle();
  expect((await prove(fairlead, witness, good)).failures).toEqual([]);

  const later = await lookAgain(fairlead, witness);
  const bad = [await push('checkout', { bad: true })];
  await fairlead.idle();
  expect((await proveWayBack(fairlead, later, good, bad)).failures).toEqual([]);
}, 60_000);

test.each(seeds)(
  'good and bad pushes end in the newest that is good, whatever goes wrong (seed %i)',
  async (seed) => {
    const { fairlead, witness, observed, troubles } = trial;
    const plan = planOf(seed);
    const contradicted = witness.contradictions.length;
    troubles.begin(plan);
    // The seed decides which are bad, and that at least one is.
    const pushes = plan.pushes.map((push, at) => ({
      ...push,
      service: 'checkout',
      bad: at === seed % 3 || push.pause % 2 === 1,
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

test('there was something to roll back', async () => {
  const rollbacks = trial.witness.events.filter(serviceRolledback.is);
  expect(rollbacks.length).toBeGreaterThan(1);
  expect(trial.troubles.tally.crashes).not.toEqual([]);
});
