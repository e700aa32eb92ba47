import { coldFloor } from './floor/exchange.ts';
import { warmUp } from './measure.ts';
import { readOptions } from './options.ts';
import { cold } from './ours/writer.ts';
import { cloning, plainClone } from './rivals/clone.ts';
import { manyRows } from './rows/many-at-once.ts';
import { oneUpdateRows } from './rows/one-update.ts';
import type { Row } from './rows/row.ts';
import { throughQueueRow } from './rows/through-queue.ts';
import { warmBySize } from './rows/warm-by-size.ts';
import { openSite } from './site/site.ts';
import { heads, isReached, lineOf } from './table/lines.ts';
import { describeMachine } from './table/machine.ts';
import { printed } from './table/print.ts';

const rows: readonly Row[] = [...oneUpdateRows, warmBySize, ...manyRows, throughQueueRow];

/** `npm run bench`: measures how fast updates are written, against its rivals and against the least that git needs. */
const bench = async (args: readonly string[]): Promise<void> => {
  const { only, runs, quick, markdown } = readOptions(args);
  const chosen = rows.filter(({ id, quick: isQuick }) => (only === undefined ? isQuick || !quick : id.includes(only)));
  if (chosen.length === 0)
    throw new Error(`No row is called ${only}: there are ${rows.map(({ id }) => id).join(', ')}.`);
  const site = await openSite();
  const stop = (): void => void site.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    await warmUp(site, [cold, coldFloor(100), cloning(plainClone)]);
    const lines = [heads];
    const obstacles = new Set<string>();
    for (const { id, what, obstacle, measure } of chosen) {
      process.stderr.write(`${id} …\n`);
      const measured = await measure(site, runs);
      lines.push(lineOf(what, measured));
      const isMissed = measured.ratios.some((ratio) => isReached(ratio) === false);
      if (isMissed && obstacle !== undefined) obstacles.add(`Not reached: ${what}. ${obstacle}`);
    }
    console.log(printed(lines, [...obstacles], await describeMachine(), markdown));
  } finally {
    await site.close();
  }
};

try {
  await bench(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error && error.message.includes('npm run bench') ? error.message : error);
  process.exitCode = 1;
}
