import * as z from 'zod';
import type { Fairlead } from '#local/fairlead.ts';
import type { Item } from './prices.ts';

/** What Lambda gives a whole vCPU for, in MB: below that it gives a part. */
const memoryOfACore = 1769;

const kilobyte = 1024;
const eventUnit = 64 * kilobyte;

const written = z.object({ Item: z.record(z.string(), z.unknown()).optional() }).catch({});
const named = z.object({ Names: z.array(z.string()).optional() }).catch({});

/** The attributes by which an item is in an index, too: each index costs as much as the table. */
const indexed = ['place', 'subject'];

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const reads = new Set(['GetItem', 'Query']);

const writeUnits = (input: unknown): number => {
  const { Item: item } = written.parse(input);
  const units = Math.max(1, Math.ceil(JSON.stringify(item ?? {}).length / kilobyte));
  return units * (1 + indexed.filter((name) => item?.[name] !== undefined).length);
};

export interface Counted {
  readonly amounts: ReadonlyMap<Item, number>;
  /** By function: how often it ran, and for how long in all. Milliseconds. */
  readonly runs: ReadonlyMap<
    string,
    { readonly times: number; readonly milliseconds: number; readonly memoryMb: number }
  >;
}

/**
 * Counts what AWS would charge for from now on. A function's time is what it took here, times as much as a core is more than
 * what Lambda gives it: too much for all the time that it waits. A query is taken for 16 KB.
 */
export const startCounting = ({ cloud }: Fairlead) => {
  const amounts = new Map<Item, number>();
  const runs = new Map<string, { times: number; milliseconds: number; memoryMb: number }>();
  const add = (item: Item, amount: number): void => void amounts.set(item, (amounts.get(item) ?? 0) + amount);
  const functions = new Map(cloud.model.functions.map((one) => [one.name, one]));

  cloud.onInvocation(({ function: name, durationMs }) => {
    const { memoryMb = 512, layers = [] } = functions.get(name) ?? {};
    const milliseconds = durationMs * Math.max(1, memoryOfACore / memoryMb);
    // image-tag-updater runs where its layer's git does.
    add(
      layers.length > 0 ? 'Lambda GB-seconds, x86_64' : 'Lambda GB-seconds, arm64',
      (milliseconds / 1000) * (memoryMb / 1024),
    );
    add('Lambda requests', 1);
    if (/-(github|argocd)-webhook$/.test(name)) add('HTTP API requests', 1);
    const { times = 0, milliseconds: before = 0 } = runs.get(name) ?? {};
    runs.set(name, { times: times + 1, milliseconds: before + milliseconds, memoryMb });
  });
  cloud.onEvent(({ event }) => {
    if (event.source.startsWith('fairlead.'))
      add('EventBridge events', Math.ceil(JSON.stringify(event).length / eventUnit));
  });
  cloud.onLog(({ line }) => add('CloudWatch Logs GB', Buffer.byteLength(line) / kilobyte ** 3));
  cloud.onCall(({ function: caller, service, action, input }) => {
    if (caller === undefined) return;
    if (service === 'dynamodb' && writes.has(action)) add('DynamoDB write units', writeUnits(input));
    if (service === 'dynamodb' && reads.has(action)) add('DynamoDB read units', action === 'Query' ? 4 : 1);
    if (service === 'sqs') add('SQS requests', 1);
    if (service === 'ssm') add('KMS requests', named.parse(input).Names?.length ?? 1);
  });
  return (): Counted => ({ amounts: new Map(amounts), runs: new Map(runs) });
};
