import { runRace } from '../measure.ts';
import { warm } from '../ours/writer.ts';
import { racing } from '../rivals/racing.ts';
import { cellOf, ratioOf } from '../table/cell.ts';
import type { Row } from './row.ts';

const manyAtOnce = (updates: number, files: number, faster: number | undefined): Row => ({
  id: `many-${updates}`,
  what: `${updates} updates at once, ${files.toLocaleString('en')} files, 0 ms`,
  quick: faster === undefined,
  async measure(site, runs) {
    const ours = warm();
    const samples = await runRace(site, { files, roundTripMs: 0, updates, contenders: [ours, racing] }, runs);
    const [of, rivals] = [samples.get(ours) ?? [], samples.get(racing) ?? []];
    const pushes = Math.max(...of.map((sample) => sample.pushes));
    return {
      ours: cellOf('Fairlead, one writer', of),
      rival: cellOf(racing.name, rivals),
      others: [],
      ratios: [
        { of: 'times faster', value: ratioOf(rivals, of), atLeast: faster },
        { of: pushes === 1 ? 'push' : 'pushes', value: pushes, atMost: 1, whole: true },
      ],
    };
  },
});

/** The racing writers of the first take a minute each time. */
export const manyRows: readonly Row[] = [manyAtOnce(20, 1000, 100), manyAtOnce(3, 100, undefined)];
