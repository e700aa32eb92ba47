import { readOptions } from './options.ts';
import { manyRows } from './rows/many-at-once.ts';
import { oneUpdateRows } from './rows/one-update.ts';
import type { Row } from './rows/row.ts';
import { throughQueueRow } from './rows/through-queue.ts';
import { warmBySize } from './rows/warm-by-size.ts';
import { openSite } from './site/site.ts';
import { heads, lineOf } from './table/lines.ts';
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
    const lines = [heads];
    for (const { id, what, measure } of chosen) {
      process.stderr.write(`${id} …\n`);
      lines.push(lineOf(what, await measure(site, runs)));
    }
    console.log(printed(lines, await describeMachine(), markdown));
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
