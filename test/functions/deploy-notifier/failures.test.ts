import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { viewOf } from '#functions/deploy-notifier/view.ts';
import type { Faults } from '#local/standins/slack/faults.ts';
import type { Config } from '#shared/config/config.ts';
import { delivery, fromJson, misconfigured, pushed } from './chain.ts';
import * as back from './way-back.ts';
import { config, createNotifier, type NotifierOptions, openSlack, openTable, type TestTable } from './world.ts';

let database: TestTable;
beforeAll(async () => {
  database = await openTable();
});
afterAll(() => database.close());

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((slack) => slack.close()));
});

let chains = 0;

/** Events in a chain that no other test has. */
const own = (events: readonly AnyEvent[]): AnyEvent[] => {
  chains += 1;
  const chainId = `00000000-0000-4000-9000-${String(chains).padStart(12, '0')}`;
  return fromJson(events).map((event) => ({
    ...event,
    data: { ...event.data, context: { ...event.data.context, chainId } },
  }));
};

const open = async (
  slackOptions: Parameters<typeof openSlack>[0] = {},
  notifierOptions: Partial<NotifierOptions> = {},
) => {
  const slack = await openSlack(slackOptions);
  opened.push(slack);
  const options = { slackUrl: slack.url, document: database.document, ...notifierOptions };
  return {
    slack,
    notify: createNotifier(options),
    another: (more: Partial<NotifierOptions>) => createNotifier({ ...options, ...more }),
  };
};

const onlyFirst =
  (method: string, fault: ReturnType<Faults>): Faults =>
  (call) =>
    call.method === method && call.number === 1 ? fault : undefined;

describe('deploy-notifier', () => {
  it('posts once and updates in place, as the delivery goes on', async () => {
    const { slack, notify } = await open();
    const events = own(delivery());
    for (const event of events) await notify(event);
    const [message, ...others] = slack.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ channel: { name: 'pay' }, ...viewOf('checkout', events) });
    expect(message!.versions.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['checkout: 3f2a9c1 waits for its build', 'checkout: main-3f2a9c1 is healthy in staging']),
    );
  });

  it('waits for an event that names a service, and says so', async () => {
    const { slack, notify } = await open();
    const [push, queued] = own(delivery());
    expect(await notify(push!)).toEqual({ published: [], skipped: 'no event of this chain names a service yet' });
    expect(await notify(queued!)).toEqual({ published: [] });
    expect(slack.messages()[0]!.blocks).toEqual(viewOf('checkout', [push!, queued!]).blocks);
  });

  it('changes nothing in Slack where nothing new is shown', async () => {
    const { slack, notify } = await open();
    const events = own(delivery().slice(0, 3));
    for (const event of [...events, ...events]) await notify(event);
    expect(slack.messages()[0]!.versions).toHaveLength(2);
  });

  it('tells a team of its wrong configuration, by the team that the event names', async () => {
    const { slack, notify } = await open({}, { given: { ...config, services: [] } });
    for (const event of own([pushed(), misconfigured(1)])) await notify(event);
    expect(slack.messages().map(({ text }) => text)).toEqual([
      'checkout: its configuration is wrong, so nothing is done for it',
    ]);
  });

  it('skips a service whose team has no channel, and says what is missing', async () => {
    const given: Config = { ...config, teams: {} };
    const { slack, notify } = await open({}, { given });
    const [queued] = own(delivery().slice(1, 2));
    expect(await notify(queued!)).toEqual({
      published: [],
      skipped: 'fairlead.yaml has no teams.pay.slack, which checkout needs',
    });
    expect(slack.messages()).toEqual([]);
  });

  it('finds its message again when the answer to its post was lost', async () => {
    let now = Date.now();
    const { slack, notify, another } = await open(
      { now: () => now, faults: onlyFirst('chat.postMessage', { kind: 'answer-lost' }) },
      { now: () => now },
    );
    const [queued] = own(delivery().slice(1, 2));
    slack.say('pay', 'some talk in between');
    await expect(notify(queued!)).rejects.toThrow('Slack did not answer chat.postMessage for #pay about checkout');
    await expect(another({})(queued!)).rejects.toThrow('Another notifier is about to post for checkout');
    now += 46_000;
    await another({})(queued!);
    const own_ = slack.messages().filter((message) => message.own);
    expect(own_).toMatchObject([viewOf('checkout', [queued!])]);
  });

  it('posts after all when the post before had no effect', async () => {
    let now = Date.now();
    const faults = onlyFirst('chat.postMessage', { kind: 'status', status: 500 });
    const { slack, notify, another } = await open({ now: () => now, faults }, { now: () => now });
    const [queued] = own(delivery().slice(1, 2));
    await expect(notify(queued!)).rejects.toThrow('Slack did not answer');
    now += 46_000;
    await another({})(queued!);
    expect(slack.messages()).toHaveLength(1);
  });

  it('gives up on a hang in time, and draws the message at the next event', async () => {
    const { slack, notify } = await open({ faults: onlyFirst('chat.update', { kind: 'hang' }) }, { timeout: 50 });
    const events = own(delivery().slice(0, 5));
    await notify(events[1]!);
    await expect(notify(events[2]!)).rejects.toMatchObject({ name: 'Upstream' });
    await notify(events[0]!);
    expect(slack.messages()).toMatchObject([viewOf('checkout', events.slice(0, 3))]);
  });

  it('waits as Slack asks, and shows what is true by then', async () => {
    const { slack, notify } = await open({
      faults: ({ method, number }) =>
        method.startsWith('chat.') && number === 1 ? { kind: 'rate-limited', retryAfter: 1 } : undefined,
    });
    const events = own(delivery().slice(1, 3));
    for (const event of events) await notify(event);
    expect(slack.messages()).toMatchObject([viewOf('checkout', events)]);
  });

  it('gives up when Slack asks for more time than there is', async () => {
    const { slack, notify, another } = await open(
      { faults: onlyFirst('chat.postMessage', { kind: 'rate-limited', retryAfter: 30 }) },
      { remaining: 600 },
    );
    const [queued] = own(delivery().slice(1, 2));
    await expect(notify(queued!)).rejects.toThrow('Time ran out before #pay could be told about checkout');
    await another({ remaining: 20_000 })(queued!);
    expect(slack.messages()).toHaveLength(1);
  });

  const wholeWayBack = () => own([...delivery(), ...back.wayBack()]);
  const [, failed] = back.wayBack();

  it('broadcasts the failure, the rollback and the proof below the message, and nothing else', async () => {
    const { slack, notify } = await open();
    const events = wholeWayBack();
    for (const event of events) await notify(event);
    const [message, ...others] = slack.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ broadcast: false, ...viewOf('checkout', events) });
    expect(message!.replies.map(({ broadcast, text, versions }) => [broadcast, text, versions.length])).toEqual([
      [
        true,
        'checkout: main-3f2a9c1 failed in staging: GET https://checkout.acme.dev/healthz: expected 200 in 10 s at most, saw 500 in 3 ms',
        1,
      ],
      [true, 'checkout: main-3f2a9c1 was rolled back in staging to main-77ab012, which is healthy', 1],
      [true, 'checkout: main-77ab012 is verified in staging after the rollback', 1],
    ]);
  });

  /** A reply that is lost on its way for as long as the clock stands at the start. */
  const openWithLostReply = async (fault: ReturnType<Faults>) => {
    const start = Date.now();
    const clock = { now: start };
    const now = () => clock.now;
    const faults: Faults = ({ arguments: given }) =>
      given.thread_ts !== undefined && clock.now === start ? fault : undefined;
    return { clock, ...(await open({ now, faults }, { now })) };
  };

  it.each<[string, ReturnType<Faults>]>([
    ['was lost', { kind: 'answer-lost' }],
    ['had no effect', { kind: 'status', status: 500 }],
  ])('broadcasts once, too, when the answer to its reply %s', async (_, fault) => {
    const { slack, notify, another, clock } = await openWithLostReply(fault);
    const [event] = own([failed!]);
    await expect(notify(event!)).rejects.toThrow('Slack did not answer chat.postMessage for #pay about checkout');
    await expect(another({})(event!)).rejects.toThrow('Another notifier is about to post for checkout');
    clock.now += 46_000;
    await another({})(event!);
    expect(slack.messages().map(({ replies }) => replies.length)).toEqual([1]);
  });

  it('broadcasts nothing below a message that a person deleted', async () => {
    const { slack, notify, another, clock } = await openWithLostReply({ kind: 'status', status: 500 });
    const [event] = own([failed!]);
    await expect(notify(event!)).rejects.toThrow('Slack did not answer');
    slack.remove(slack.messages()[0]!);
    clock.now += 46_000;
    expect(await another({})(event!)).toEqual({ published: [] });
    expect(slack.messages()).toEqual([]);
  });

  it('leaves a reply alone that a person deleted', async () => {
    const { slack, notify } = await open();
    const events = wholeWayBack();
    for (const event of events) await notify(event);
    slack.remove(slack.messages()[0]!.replies[1]!);
    for (const event of events) await notify(event);
    expect(slack.messages()[0]!.replies).toHaveLength(2);
  });

  it('leaves a message alone that a person deleted', async () => {
    const { slack, notify } = await open();
    const events = own(delivery().slice(1, 3));
    await notify(events[0]!);
    slack.remove(slack.messages()[0]!);
    expect(await notify(events[1]!)).toEqual({
      published: [],
      skipped: 'the message about checkout was deleted in Slack',
    });
    expect(slack.messages()).toEqual([]);
  });

  it('tells the other services although one of them fails', async () => {
    const { slack, notify } = await open({
      faults: ({ method, arguments: given }) =>
        method === 'chat.postMessage' && String(given.text).startsWith('cart')
          ? { kind: 'error', error: 'is_archived' }
          : undefined,
    });
    const [push, , cart, checkout] = own([...delivery().slice(0, 2), delivery('cart')[1]!, delivery()[1]!]);
    await expect(notify(cart!)).rejects.toThrow('is_archived');
    await notify(checkout!);
    await expect(notify(push!)).rejects.toThrow('is_archived');
    expect(slack.messages()).toMatchObject([viewOf('checkout', [push!, checkout!])]);
  });
});

describe('a refusal of Slack', () => {
  const cases: [string, Parameters<typeof openSlack>[0], Partial<NotifierOptions>, string][] = [
    [
      'of the channel',
      { channels: [{ name: 'other' }] },
      {},
      'channel_not_found to chat.postMessage for #pay about checkout: invite the app to #pay, or correct teams.pay.slack in fairlead.yaml',
    ],
    [
      'of a channel without the app',
      { channels: [{ name: 'pay', member: false }] },
      {},
      'not_in_channel to chat.postMessage for #pay about checkout: invite the app',
    ],
    [
      'of an archived channel',
      { channels: [{ name: 'pay', archived: true }] },
      {},
      'unarchive #pay, or name another channel',
    ],
    [
      'of the token',
      {},
      { usedToken: 'xoxb-wrong' },
      "set the bot's token: aws ssm put-parameter --overwrite --type SecureString --name /fairlead/test/slack/token",
    ],
    ['of a scope', { faults: () => ({ kind: 'error', error: 'missing_scope' }) }, {}, 'give the app the scope'],
  ];

  it.each(cases)('%s says what to do, without the token', async (_, slackOptions, notifierOptions, told) => {
    const { notify } = await open(slackOptions, notifierOptions);
    const failed = notify(own(delivery())[1]!);
    await expect(failed).rejects.toMatchObject({ name: 'Upstream', message: expect.stringContaining(told) });
    await expect(failed).rejects.not.toThrow('xoxb-wrong');
  });

  it('of the message itself is a bug, and not called anything else', async () => {
    const { notify } = await open({ faults: () => ({ kind: 'error', error: 'invalid_blocks' }) });
    await expect(notify(own(delivery())[1]!)).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('invalid_blocks'),
    });
  });
});
