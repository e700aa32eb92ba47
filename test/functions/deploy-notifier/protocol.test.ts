import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { announcementsOf } from '#functions/deploy-notifier/announcements.ts';
import { servicesOf } from '#functions/deploy-notifier/delivery.ts';
import { viewOf } from '#functions/deploy-notifier/view.ts';
import type { Fault } from '#local/standins/slack/faults.ts';
import type { SeenMessage } from '#local/standins/slack/seen.ts';
import { runs } from '../../runs.ts';
import { delivery, finished, fromJson, incident, proposed, queued, refused, started } from './chain.ts';
import * as back from './way-back.ts';
import { createNotifier, openSlack, openTable, type Perilous, type TestTable } from './world.ts';

/** Everything that could happen to two services of one push. */
const everything: AnyEvent[] = [
  ...new Map(
    fromJson([
      ...delivery('checkout', 'staging'),
      ...delivery('cart', 'staging'),
      started(5, {}),
      finished(65, {}),
      incident(500, 'detected'),
      proposed(126, '-  newTag: main-1\n+  newTag: main-2\n', { environment: 'production' }),
      refused(126, 'apps/cart/kustomization.yaml:12: no entry named cart', {
        service: 'cart',
        environment: 'production',
      }),
      incident(560, 'resolved'),
      ...back.wayBack(),
      back.withheld(232, 'ask', 'rollback is "ask" here', 'npm run rollback -- checkout staging --stage dev'),
      back.rollbackRefused(236, 'no-entry', 'kustomization.yaml:12: no entry named checkout'),
      back.holdAsked(700, 'release', 'it was the database'),
    ]).map((event) => [event.id, event]),
  ).values(),
];

const lease = 45_000;

let database: TestTable;
beforeAll(async () => {
  database = await openTable();
});
afterAll(() => database.close());

class Crash extends Error {
  override readonly name = 'Crash';
}

interface Life {
  /** The point at which it dies: before the first step is 0, after it 1, before the second 2, … */
  death: number | undefined;
  /** Points at which it stands still for longer than the others are patient. */
  stalls: readonly number[];
}

const living = ({ death, stalls }: Life): Perilous => {
  let reached = 0;
  let dead = false;
  const survive = async () => {
    if (stalls.includes(reached)) await new Promise((resolve) => setTimeout(resolve, 60));
    dead ||= reached === death;
    reached += 1;
    if (dead) throw new Crash();
  };
  return (parts) => {
    const wrapped = Object.entries(parts).map(([name, step]) => [
      name,
      async (...given: never[]) => {
        await survive();
        const result = await step(...given);
        await survive();
        return result;
      },
    ]);
    return Object.fromEntries(wrapped);
  };
};

interface Copy {
  event: AnyEvent;
  /** How each attempt to handle it goes; after these all goes well. */
  lives: Life[];
}

const life: fc.Arbitrary<Life> = fc.record({
  death: fc.option(fc.nat(40), { nil: undefined, freq: 2 }),
  // An update begins and reaches Slack at 8 to 12, where it matters most; replies come after that.
  stalls: fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 8, max: 12 })), { maxLength: 2 }),
});

const faults: fc.Arbitrary<Fault | undefined> = fc.option(
  fc.constantFrom<Fault>(
    { kind: 'status', status: 500 },
    { kind: 'answer-lost' },
    { kind: 'answer-lost', status: 500 },
    { kind: 'error', error: 'internal_error' },
    { kind: 'rate-limited', retryAfter: 0 },
    { kind: 'late', milliseconds: 3 },
  ),
  { nil: undefined, freq: 4 },
);

const copiesOf = (events: AnyEvent[]): fc.Arbitrary<Copy[]> =>
  fc
    .tuple(
      ...events.map((event) =>
        fc.array(fc.record({ event: fc.constant(event), lives: fc.array(life, { maxLength: 2 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
      ),
    )
    .map((each) => each.flat());

/** What is announced, with little else, so that runs end with replies. */
const announced = everything.filter((event) => announcementsOf('checkout', [event]).length > 0);

/** Few events, so that what goes wrong at the end is not put right by the next, or many. */
const copies = fc
  .oneof(
    fc.shuffledSubarray(announced, { minLength: 1, maxLength: 4 }),
    fc.shuffledSubarray(everything, { minLength: 1, maxLength: 4 }),
    fc.shuffledSubarray(everything, { minLength: 5 }),
  )
  .chain(copiesOf)
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

/** Delivers every copy until it is handled. Between rounds time passes, as it does before Lambda retries. */
const deliverAll = async (given: Copy[], handle: (copy: Copy) => Promise<unknown>, pass: () => Promise<void>) => {
  let waiting = given;
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round > 30) throw new Error(`${waiting.length} events are never handled`);
    const queue = [...waiting];
    const failed: Copy[] = [];
    const notifier = async () => {
      for (let copy = queue.shift(); copy; copy = queue.shift()) {
        const current = copy;
        await handle(current).catch((error: unknown) => {
          if (!(error instanceof Error) || !['Crash', 'Upstream'].includes(error.name)) throw error;
          failed.push(current);
        });
      }
    };
    await Promise.all([notifier(), notifier(), notifier()]);
    await pass();
    waiting = failed;
  }
};

const notifyAll = async (given: Copy[], mishaps: (Fault | undefined)[]) => {
  let now = Date.now();
  const ordered = [...mishaps];
  const slack = await openSlack({
    now: () => now,
    faults: ({ method }) => (method.startsWith('chat.') ? ordered.shift() : undefined),
  });
  const handle = (copy: Copy) =>
    createNotifier({
      slackUrl: slack.url,
      document: database.document,
      now: () => now,
      perilous: living(copy.lives.shift() ?? { death: undefined, stalls: [] }),
    })(copy.event);
  const pass = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    now += lease + 1;
  };
  try {
    await deliverAll(given, handle, pass);
    return slack.messages();
  } finally {
    await slack.close();
  }
};

/** The same happenings in a chain of their own, so that runs share a table. */
const inChainOf = (run: number, events: Copy[]): Copy[] => {
  const chain = `00000000-0000-4000-8000-${String(run).padStart(12, '0')}`;
  return events.map(({ event, lives }) => ({
    event: { ...event, data: { ...event.data, context: { ...event.data.context, chainId: chain } } },
    lives: [...lives],
  }));
};

const saidBy = ({ metadata, text, blocks, broadcast }: Omit<SeenMessage, 'replies'>) => ({
  ...metadata?.event_payload,
  text,
  blocks,
  broadcast,
});

/** The order in which messages came is chance. */
const inOrder = <Told extends { text: string; replies: { text: string }[] }>(told: Told[]) => {
  const byText = (a: { text: string }, b: { text: string }) => (a.text < b.text ? -1 : 1);
  return told.map((message) => ({ ...message, replies: message.replies.toSorted(byText) })).toSorted(byText);
};

/** Holds the named step back until it is let go, and may die right after it. */
const heldBack = (held: string, dies: boolean) => {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const perilous: Perilous = (parts) => {
    const wrapped = Object.entries(parts).map(([name, step]) => [
      name,
      async (...given: never[]) => {
        if (name === held) {
          arrived.resolve();
          await released.promise;
        }
        const result = await step(...given);
        if (name === held && dies) throw new Crash();
        return result;
      },
    ]);
    return Object.fromEntries(wrapped);
  };
  return { perilous, arrived: arrived.promise, release: () => released.resolve() };
};

describe('an update that comes to Slack after a newer one', () => {
  const build = { service: 'checkout' };
  let run = 0;

  it.each([false, true])('is put right, by who sent it or by its retry (it crashed: %s)', async (crashed) => {
    run += 1;
    const chainId = `00000000-0000-4000-a000-${String(run).padStart(12, '0')}`;
    const [first, second, third] = fromJson([queued(1, build), started(3, build), finished(121, build)]).map(
      (event) => ({
        ...event,
        data: { ...event.data, context: { ...event.data.context, chainId } },
      }),
    );
    const slack = await openSlack();
    const options = { slackUrl: slack.url, document: database.document };
    await createNotifier(options)(first!);

    const { perilous, arrived, release } = heldBack('update', crashed);
    const late = createNotifier({ ...options, perilous })(second!).catch((error: unknown) => error);
    await arrived;
    await createNotifier(options)(third!);
    release();
    await late;
    if (crashed) await createNotifier(options)(second!);

    const chain = [first!, second!, third!];
    expect(slack.messages()).toMatchObject([viewOf('checkout', chain)]);
    await slack.close();
  });
});

describe('the notifier, with the real client, a real DynamoDB API and a Slack that fails', () => {
  it('ends with one message per service that is the view of all events, and one broadcast per announcement', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(copies, fc.array(faults, { maxLength: 12 }), async (drawn, mishaps) => {
        run += 1;
        const given = inChainOf(run, drawn);
        const chain = given.map(({ event }) => event);
        const messages = await notifyAll(given, mishaps);
        const told = messages.map(({ replies, ...message }) => ({ ...saidBy(message), replies: replies.map(saidBy) }));
        const of = { chain: chain[0]!.data.context.chainId, broadcast: false };
        const expected = servicesOf(chain).map((service) => ({
          ...of,
          service,
          ...viewOf(service, chain),
          replies: announcementsOf(service, chain).map(({ key, view }) => ({
            ...of,
            broadcast: true,
            service,
            reply: key,
            ...view,
          })),
        }));
        expect(inOrder(told)).toEqual(inOrder(expected));
      }),
      // Each takes a second or two.
      { numRuns: runs(3, 60) },
    );
  }, 600_000);
});
