import type { Contender } from '../contender.ts';
import { warmFloor } from '../floor/exchange.ts';
import { runRace, type Sample } from '../measure.ts';
import { warm } from '../ours/writer.ts';
import { cellOf, ratioOf } from '../table/cell.ts';
import type { Row } from './row.ts';

/** What grows with the repository where nothing of it is fetched: the floor shows how much of it is the server's. */
export const warmBySize: Row = {
  id: 'warm-size',
  what: 'one update, warm, 50,000 files against 100, 0 ms',
  quick: false,
  async measure(site, runs) {
    const ours = warm();
    const floors = { small: warmFloor(true), large: warmFloor(false) };
    const taken = new Map<string, Sample[]>();
    const note = (name: string, samples: readonly Sample[] = []) =>
      taken.set(name, [...(taken.get(name) ?? []), ...samples]);
    const race = async (files: number, floor: Contender, suffix: string): Promise<void> => {
      const samples = await runRace(site, { files, roundTripMs: 0, updates: 1, contenders: [ours, floor] }, 1);
      note(`ours ${suffix}`, samples.get(ours));
      note(`floor ${suffix}`, samples.get(floor));
    };
    for (let round = 0; round < runs; round += 1) {
      await race(50_000, floors.large, 'large');
      await race(100, floors.small, 'small');
    }
    const of = (name: string) => taken.get(name) ?? [];
    return {
      ours: cellOf('Fairlead at 50,000', of('ours large')),
      rival: cellOf('Fairlead at 100', of('ours small')),
      others: [cellOf('floor at 100', of('floor small'))],
      floor: cellOf('floor at 50,000', of('floor large')),
      ratios: [
        { of: 'times that at 100', value: ratioOf(of('ours large'), of('ours small')), atMost: 4 },
        { of: 'times, of the floor', value: ratioOf(of('floor large'), of('floor small')) },
      ],
    };
  },
};
