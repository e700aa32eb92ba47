import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { type Pushed, pushService } from '#local/delivery.ts';
import { startFairlead } from '#local/fairlead.ts';
import { createWitness } from '#local/proof/witness.ts';
import type { Barrier, Keeping } from './barriers.ts';
import { observe } from './observed.ts';
import { createOperator } from './operator.ts';
import type { PlannedPush } from './plan.ts';
import { createTroubles } from './troubles.ts';

/** `FAIRLEAD_SEED=7` runs one seed, `FAIRLEAD_SEEDS=40` the first forty. Each takes half a minute, so without either none. */
export const seeds =
  process.env.FAIRLEAD_SEED === undefined
    ? Array.from({ length: Number(process.env.FAIRLEAD_SEEDS ?? 0) }, (_, index) => index + 1)
    : [Number(process.env.FAIRLEAD_SEED)];

/** On a machine that does other things, too: so many times as long for everything that has a limit. */
export const patience = Number(process.env.FAIRLEAD_PATIENCE ?? 1);

/** GitHub tells of a push to the second, so two pushes within one have no order that anybody could know. */
const untilNextSecond = () => wait(1005 - (Date.now() % 1000));

/** A line of a function's log that says why it did nothing. */
const skippedSchema = z.object({ message: z.literal('SKIPPED'), reason: z.string() });

const reasonIn = (line: string): string[] => {
  if (!line.includes('SKIPPED')) return [];
  return [skippedSchema.parse(JSON.parse(line)).reason];
};

interface Options {
  /** How long what came before a failure may still be on its way. */
  readonly verifiedGraceSeconds?: string;
  /** How long building an image takes, in ms. */
  readonly build?: number;
}

/** A Fairlead in which everything goes wrong that a plan says, with who watches it and who helps it. */
export const startTrial = async (config: string, { verifiedGraceSeconds = '10', build = 600 }: Options = {}) => {
  const troubles = createTroubles({ build });
  /** AWS's waits, shorter: a retry still outlasts most time limits, and the visibility of a message all of them. */
  const delays = {
    functionSeconds: (seconds: number) => Math.max(2500, seconds * 100) * patience,
    invocationRetry: (attempt: number) => attempt * (troubles.under() ? 3500 : 500) * patience,
    deliveryRetry: () => 100,
    queueSeconds: (seconds: number) => seconds * 20 * patience,
  };
  const fairlead = await startFairlead({
    config,
    stage: 'dev',
    // The lease outlasts deploy-notifier's time limit, and an image waits for its push as long as that takes.
    params: { messageLeaseSeconds: String(3.5 * patience), pushGraceSeconds: '3600', verifiedGraceSeconds },
    delays,
    faults: troubles.faults,
    standins: troubles.standins,
  });
  const operator = createOperator(fairlead);
  fairlead.github.subscribe(troubles.redeliver(fairlead));
  const skipped: string[] = [];
  fairlead.cloud.onLog(({ line }) => skipped.push(...reasonIn(line)));

  /** The last push of each service. */
  const newest = new Map<string, Pushed>();
  const push = async (planned: PlannedPush | undefined, name: string, { bad = false } = {}): Promise<Pushed> => {
    const service = fairlead.config.services.find((candidate) => candidate.name === name);
    if (service === undefined) throw new Error(`there is no service ${name}`);
    if (newest.has(name)) await untilNextSecond();
    troubles.pushing(planned);
    const pushed = await pushService(fairlead.github.url, service, { bad });
    newest.set(name, pushed);
    return pushed;
  };

  return {
    fairlead,
    troubles,
    newest,
    witness: await createWitness(fairlead),
    observed: observe(fairlead),
    /** Why functions did nothing. */
    skipped,
    /** Of a plan's pushes the next says what becomes of the webhook. */
    push: (name: string, options: { readonly bad?: boolean } = {}) => push(troubles.nextPush(), name, options),
    pushAll: async (pushes: readonly (PlannedPush & { readonly bad?: boolean })[]): Promise<void> => {
      for (const planned of pushes) {
        await wait(planned.pause);
        await push(planned, planned.service, { bad: planned.bad ?? false });
      }
    },
    /** Keeps what is on its way to a function or queue until the barrier is opened. */
    barrier: (keeping: Keeping): Barrier => troubles.barrier(fairlead.cloud.putEvents, keeping),
    /** Waits, and helps as a person would, until there is nothing left to do. */
    settle: async (): Promise<void> => {
      for (let rounds = 0; rounds < 20; rounds += 1) {
        await fairlead.idle();
        if ((await operator.redrive()) + operator.redeliver() === 0) return;
      }
      throw new Error('The failure queue does not become empty.');
    },
    close: async (): Promise<void> => {
      operator.close();
      await fairlead.close();
    },
  };
};

export type Trial = Awaited<ReturnType<typeof startTrial>>;
