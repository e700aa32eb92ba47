import type { Counted } from './count.ts';
import { costOf, type Item, prices, pricesSeen } from './prices.ts';

const number = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(value >= 0.01 ? 3 : 2).replace(/\.?0+$/, '');

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** An event that goes into a queue, and the three requests that Lambda makes of it: send, receive, delete. */
const queued = 3;

/** What 1,000 deliveries cost, in Markdown, from what was counted of some. */
export const costLines = ({ amounts, runs }: Counted, deliveries: number): string[] => {
  const requests = [...runs].find(([name]) => name.endsWith('-image-tag-updater'))?.[1].times ?? 0;
  const all = new Map<Item, number>([
    ...amounts,
    ['SQS requests', (amounts.get('SQS requests') ?? 0) + queued * requests],
  ]);
  const items = Object.keys(prices).flatMap((name) => {
    const item = name as Item;
    const amount = ((all.get(item) ?? 0) / deliveries) * 1000;
    return amount === 0 ? [] : [{ item, amount, usd: costOf(item, amount) }];
  });
  const total = items.reduce((sum, { usd }) => sum + usd, 0);
  return [
    row('of 1,000 deliveries', 'amount', 'US$'),
    row('---', '--:', '--:'),
    ...items.map(({ item, amount, usd }) => row(item, number(amount), usd.toFixed(4))),
    row('**together**', '', `**${total.toFixed(2)}**`),
    '',
    row('function', 'runs a delivery', 'reckoned ms each', 'MB'),
    row('---', '--:', '--:', '--:'),
    ...[...runs]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([name, { times, milliseconds, memoryMb }]) =>
        row(
          name.replace(/^fairlead-[^-]+-/, ''),
          number(times / deliveries),
          number(milliseconds / times),
          String(memoryMb),
        ),
      ),
    '',
    `Prices of us-east-1, seen on ${pricesSeen}, without the free tier; CloudWatch Logs' was not looked up again.`,
  ];
};
