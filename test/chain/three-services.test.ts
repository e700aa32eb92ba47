import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Pushed, pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { locksRight, manifestsExact } from '#local/proof/git.ts';
import { prove, proveUpgrade } from '#local/proof/prove.ts';
import { endsWell } from '#local/proof/slack.ts';
import { createWitness, lookAgain, type Witness } from '#local/proof/witness.ts';
import { gitProblems, logProblems, slackProblems } from './checks.ts';
import { readLog } from './log.ts';
import { observe } from './observed.ts';
import { createOperator } from './operator.ts';
import { type PlannedPush, planOf } from './plan.ts';
import { createTroubles } from './troubles.ts';

/** `FAIRLEAD_SEED=7` runs one seed, `FAIRLEAD_SEEDS=40` the first forty. */
const seeds =
  process.env.FAIRLEAD_SEED === undefined
    ? Array.from({ length: Number(process.env.FAIRLEAD_SEEDS ?? 1) }, (_, index) => index + 1)
    : [Number(process.env.FAIRLEAD_SEED)];

const troubles = createTroubles();

/** AWS's waits, shorter: a retry still outlasts most time limits, and the visibility of a message all of them. */
const delays = {
  functionSeconds: (seconds: number) => Math.max(2500, seconds * 100),
  invocationRetry: (attempt: number) => attempt * (troubles.under() ? 3500 : 500),
  deliveryRetry: () => 100,
  queueSeconds: (seconds: number) => seconds * 20,
};

let fairlead: Fairlead;
let witness: Witness;
let observed: ReturnType<typeof observe>;
let operator: ReturnType<typeof createOperator>;

/** The last push of each service. */
const newest = new Map<string, Pushed>();

beforeAll(async () => {
  fairlead = await startFairlead({
    config: 'examples/three-services/fairlead.yaml',
    stage: 'dev',
    // The lease outlasts deploy-notifier's time limit, and an image waits for its push as long as that takes.
    params: { messageLeaseSeconds: '3.5', pushGraceSeconds: '3600' },
    delays,
    faults: troubles.faults,
    standins: troubles.standins,
  });
  witness = await createWitness(fairlead);
  observed = observe(fairlead);
  operator = createOperator(fairlead);
  fairlead.github.subscribe(troubles.redeliver(fairlead));
});

afterAll(async () => {
  operator?.close();
  await fairlead?.close();
});

/** GitHub tells of a push to the second, so two pushes within one have no order that anybody could know. */
const untilNextSecond = () => wait(1005 - (Date.now() % 1000));

const push = async (name: string): Promise<Pushed> => {
  const service = fairlead.config.services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`there is no service ${name}`);
  if (newest.has(name)) await untilNextSecond();
  const pushed = await pushService(fairlead.github.url, service);
  newest.set(name, pushed);
  return pushed;
};

const pushAll = async (pushes: readonly PlannedPush[]): Promise<void> => {
  for (const planned of pushes) {
    await wait(planned.pause);
    troubles.pushing(planned);
    await push(planned.service);
  }
};

/** Waits, and helps as a person would, until there is nothing left to do. */
const settle = async (): Promise<void> => {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await fairlead.idle();
    if ((await operator.redrive()) + operator.redeliver() === 0) return;
  }
  throw new Error('The failure queue does not become empty.');
};

test('three services, and one of them again, go the whole road', async () => {
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
    const plan = planOf(seed);
    const contradicted = witness.contradictions.length;
    troubles.begin(plan);
    await pushAll(plan.pushes);
    await settle();

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

test('all of that really went wrong', () => {
  const { crashes, ...counts } = troubles.tally;
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  // After the effect and before it is recorded.
  const between = crashes.filter((crash) => /after (events|codepipeline):|before dynamodb:UpdateItem/.test(crash));
  expect(between, crashes.join(', ')).not.toEqual([]);
  expect(observed.notifiersAtOnce()).toBeGreaterThan(0);
});
