import { runRace, type Sample } from '../measure.ts';
import { throughQueue } from '../queue/through-queue.ts';
import { startSurroundings } from '../queue/updater.ts';
import { cellOf, ratioOf } from '../table/cell.ts';
import type { Row } from './row.ts';

const most = 500;
const steps = [125, 250, most];

/** Twice as many may take twice as long, and a tenth more: what a single cold start costs is in all of them. */
const linear = (most / 125) * 1.1;

/** 500 services published at once: the real function, behind the local queue, in two execution environments. */
export const throughQueueRow: Row = {
  id: `queue-${most}`,
  what: `${most} services published at once, through the queue, two writers, 20,000 files, 0 ms`,
  quick: false,
  async measure(site, runs) {
    const surroundings = await startSurroundings();
    try {
      const contender = throughQueue(surroundings);
      const taken = new Map<number, Sample[]>(steps.map((updates) => [updates, []]));
      // One run is enough to warm the process up: the first batch would pay for compiling the function.
      await runRace(site, { files: 20_000, roundTripMs: 0, updates: 20, contenders: [contender] }, 1);
      for (let round = 0; round < Math.min(runs, 3); round += 1) {
        for (const [updates, samples] of taken) {
          const race = { files: 20_000, roundTripMs: 0, updates, contenders: [contender] };
          samples.push(...((await runRace(site, race, 1)).get(contender) ?? []));
        }
      }
      const of = (updates: number) => taken.get(updates) ?? [];
      return {
        ours: cellOf(`Fairlead, ${most}`, of(most)),
        rival: cellOf('Fairlead, 125', of(125)),
        others: [cellOf('Fairlead, 250', of(250))],
        ratios: [
          { of: 'pushes', value: Math.max(...of(most).map(({ pushes }) => pushes)), atMost: 12, whole: true },
          { of: 'times that of 125', value: ratioOf(of(most), of(125)), atMost: linear },
        ],
      };
    } finally {
      await surroundings.close();
    }
  },
};
