import type { Contender } from '../contender.ts';
import { coldFloor, warmFloor } from '../floor/exchange.ts';
import { runRace } from '../measure.ts';
import { cold, warm } from '../ours/writer.ts';
import { cloning, plainClone, shallowClone, sparseClone } from '../rivals/clone.ts';
import { cellOf, ratioOf } from '../table/cell.ts';
import type { Row } from './row.ts';

interface OneUpdate {
  readonly state: 'cold' | 'warm';
  readonly files: number;
  readonly roundTripMs: number;
  /** So many times faster than clone, edit, commit, push. */
  readonly faster?: number;
  /** At most so many times the floor. */
  readonly floor?: number;
  /** See `Row`. */
  readonly obstacle?: string;
}

/** Above it a copy that is kept warm has not every file. */
const fitsWhole = 3000;

const contendersOf = ({ state, files }: OneUpdate): { ours: Contender; floor: Contender } =>
  state === 'cold' ? { ours: cold, floor: coldFloor(files) } : { ours: warm(), floor: warmFloor(files <= fitsWhole) };

const oneUpdate = (wanted: OneUpdate): Row => {
  const { state, files, roundTripMs } = wanted;
  return {
    id: `${state}-${files}-${roundTripMs}`,
    what: `one update, ${state}, ${files.toLocaleString('en')} files, ${roundTripMs} ms`,
    quick: files === 100,
    obstacle: wanted.obstacle,
    async measure(site, runs) {
      const { ours, floor } = contendersOf(wanted);
      const rival = cloning(plainClone);
      const others = [cloning(shallowClone), cloning(sparseClone)];
      const contenders = [ours, rival, ...others, floor];
      const samples = await runRace(site, { files, roundTripMs, updates: 1, contenders }, runs);
      const of = (contender: Contender) => samples.get(contender) ?? [];
      return {
        ours: cellOf('Fairlead', of(ours)),
        rival: cellOf('clone', of(rival)),
        others: others.map((other) => cellOf(other.name, of(other))),
        floor: cellOf('floor', of(floor)),
        ratios: [
          { of: 'times faster', value: ratioOf(of(rival), of(ours)), atLeast: wanted.faster },
          { of: 'times the floor', value: ratioOf(of(ours), of(floor)), atMost: wanted.floor },
        ],
      };
    },
  };
};

const whereColdGoes =
  'At 10,000 files about two fifths of a cold write are the first fetch, a fifth that of the manifest, a third the push; each starts git, its HTTP helper and what packs or unpacks, where the floor starts nothing. A busy machine makes starting slow.';

const whereWarmGoes =
  'Two thirds of a warm write are the push: git, its HTTP helper and what packs, where the floor starts nothing; the rest is four local git commands. A busy machine makes starting slow.';

const whereTreesGo =
  'More than half of the time is the fetch of 15,000 trees, a fifth is what the server checks of the push, and forges serve no filter for fewer trees.';

/** Rows without a number to reach show where it begins to pay. */
export const oneUpdateRows: readonly Row[] = [
  oneUpdate({ state: 'cold', files: 100, roundTripMs: 0 }),
  oneUpdate({ state: 'cold', files: 1000, roundTripMs: 0 }),
  oneUpdate({ state: 'cold', files: 1000, roundTripMs: 20, faster: 1.25, obstacle: whereColdGoes }),
  oneUpdate({ state: 'cold', files: 10_000, roundTripMs: 0, faster: 4.5, floor: 1.6, obstacle: whereColdGoes }),
  oneUpdate({ state: 'cold', files: 10_000, roundTripMs: 20, faster: 2.4, floor: 1.6, obstacle: whereColdGoes }),
  oneUpdate({ state: 'cold', files: 50_000, roundTripMs: 0, faster: 8, obstacle: whereTreesGo }),
  oneUpdate({ state: 'warm', files: 100, roundTripMs: 20 }),
  oneUpdate({ state: 'warm', files: 1000, roundTripMs: 20, faster: 1.6, floor: 1.5, obstacle: whereWarmGoes }),
  oneUpdate({ state: 'warm', files: 10_000, roundTripMs: 20, faster: 3.8, floor: 1.5, obstacle: whereWarmGoes }),
];
