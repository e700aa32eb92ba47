import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackStandin } from '#local/standins/slack/standin.ts';

const token = 'xoxb-test';
const opened: { close(): Promise<void> }[] = [];

const open = async (options: Partial<Parameters<typeof createSlackStandin>[0]> = {}, client: WebClientOptions = {}) => {
  const slack = await createSlackStandin({
    token,
    channels: [{ name: '#pay' }, { name: 'old', archived: true }],
    ...options,
  });
  opened.push(slack);
  const web = new WebClient(token, {
    slackApiUrl: slack.url,
    logLevel: LogLevel.ERROR,
    retryConfig: { retries: 0 },
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => LogLevel.ERROR,
      setName() {},
    },
    ...client,
  });
  return { slack, web };
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((slack) => slack.close()));
});

const refusal = (error: string) =>
  expect.objectContaining({ code: ErrorCode.PlatformError, data: expect.objectContaining({ error }) });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const;

describe('the stand-in of Slack', () => {
  it('posts by the name of a channel, answers its id, and updates by the id only', async () => {
    const { slack, web } = await open();
    const posted = await web.chat.postMessage({ channel: '#pay', text: 'first', blocks: [section('*first*')] });
    expect(posted).toMatchObject({ ok: true, channel: 'C0000000001', ts: expect.stringMatching(/^\d+\.\d{6}$/) });
    const { ts } = posted;
    await expect(web.chat.update({ channel: '#pay', ts: ts!, text: 'second' })).rejects.toEqual(
      refusal('channel_not_found'),
    );
    await web.chat.update({ channel: posted.channel!, ts: ts!, text: 'second' });
    const [message] = slack.messages();
    expect(message).toMatchObject({ text: 'second', blocks: [section('*first*')], channel: { name: 'pay' } });
    expect(message!.versions.map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('keeps replies in their thread, and broadcasts them only when asked', async () => {
    const { slack, web } = await open();
    const { ts, channel } = await web.chat.postMessage({ channel: '#pay', text: 'parent' });
    await web.chat.postMessage({ channel: channel!, text: 'quiet', thread_ts: ts! });
    await web.chat.postMessage({ channel: channel!, text: 'loud', thread_ts: ts!, reply_broadcast: true });
    expect(slack.messages()).toHaveLength(1);
    expect(slack.messages()[0]!.replies.map(({ text, broadcast }) => [text, broadcast])).toEqual([
      ['quiet', false],
      ['loud', true],
    ]);
    const { messages } = await web.conversations.history({ channel: channel! });
    expect(messages!.map(({ text }) => text)).toEqual(['loud', 'parent']);
  });

  it('pages through a thread, oldest first, with the message in front and metadata when asked for', async () => {
    const { web } = await open();
    const { ts, channel } = await web.chat.postMessage({ channel: '#pay', text: 'parent' });
    const metadata = { event_type: 'delivery', event_payload: { reply: 'failed' } };
    const reply = await web.chat.postMessage({ channel: channel!, text: 'a', thread_ts: ts!, metadata });
    await web.chat.postMessage({ channel: channel!, text: 'b', thread_ts: ts! });
    const thread = { channel: channel!, ts: ts!, include_all_metadata: true };
    const first = await web.conversations.replies({ ...thread, limit: 2 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: 'parent' }, { text: 'a', metadata }] });
    const cursor = first.response_metadata!.next_cursor!;
    const second = await web.conversations.replies({ ...thread, limit: 2, cursor });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'b' }] });
    const later = await web.conversations.replies({ ...thread, oldest: reply.ts! });
    expect(later.messages!.map(({ text }) => text)).toEqual(['parent', 'b']);
    await expect(web.conversations.replies({ ...thread, ts: '1.000000' })).rejects.toEqual(refusal('thread_not_found'));
  });

  it('pages through the history, newest first, with metadata when asked for', async () => {
    const { web } = await open();
    const metadata = { event_type: 'delivery', event_payload: { service: 'checkout' } };
    const { channel, ts } = await web.chat.postMessage({ channel: 'pay', text: 'a', metadata });
    await web.chat.postMessage({ channel: 'pay', text: 'b' });
    await web.chat.postMessage({ channel: 'pay', text: 'c' });
    const first = await web.conversations.history({ channel: channel!, limit: 2, include_all_metadata: true });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: 'c' }, { text: 'b' }] });
    const cursor = first.response_metadata!.next_cursor!;
    const second = await web.conversations.history({ channel: channel!, limit: 2, cursor, include_all_metadata: true });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'a', metadata }] });
    const bare = await web.conversations.history({ channel: channel! });
    expect(bare.messages!.every((message) => message.metadata === undefined)).toBe(true);
    const later = await web.conversations.history({ channel: channel!, oldest: ts! });
    expect(later.messages!.map(({ text }) => text)).toEqual(['c', 'b']);
  });

  it('lists the channels that the app can see', async () => {
    const channels = [
      { name: 'pay' },
      { name: 'secret', private: true },
      { name: 'hidden', private: true, member: false },
    ];
    const { web } = await open({ channels });
    expect((await web.conversations.list()).channels!.map(({ name }) => name)).toEqual(['pay']);
    const all = await web.conversations.list({ types: 'public_channel,private_channel', limit: 1 });
    expect(all.response_metadata!.next_cursor).not.toBe('');
  });

  it('takes JSON bodies with a bearer token', async () => {
    const { slack } = await open();
    const post = async (body: string, headers: Record<string, string>): Promise<unknown> =>
      (await fetch(`${slack.url}chat.postMessage`, { method: 'POST', body, headers })).json();
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const body = JSON.stringify({ channel: 'pay', text: 'hello', blocks: [section('hello')] });
    expect(await post(body, { ...json, authorization: `Bearer ${token}` })).toMatchObject({ ok: true });
    expect(await post(body, json)).toEqual({ ok: false, error: 'not_authed' });
    expect(await post('{', { ...json, authorization: `Bearer ${token}` })).toEqual({
      ok: false,
      error: 'invalid_json',
    });
  });

  it('refuses with the codes of the real one', async () => {
    const channels = [
      { name: 'pay' },
      { name: 'old', archived: true },
      { name: 'other', member: false },
      { name: 'hidden', private: true, member: false },
    ];
    const { slack, web } = await open({ channels });
    await expect(web.auth.test({ token: 'xoxb-wrong' })).rejects.toEqual(refusal('invalid_auth'));
    await expect(web.chat.postMessage({ channel: 'nowhere', text: 'x' })).rejects.toEqual(refusal('channel_not_found'));
    await expect(web.chat.postMessage({ channel: 'old', text: 'x' })).rejects.toEqual(refusal('is_archived'));
    await expect(web.chat.postMessage({ channel: 'other', text: 'x' })).rejects.toEqual(refusal('not_in_channel'));
    await expect(web.chat.postMessage({ channel: 'hidden', text: 'x' })).rejects.toEqual(refusal('channel_not_found'));
    await expect(web.chat.postMessage({ channel: 'pay', text: '' })).rejects.toEqual(refusal('no_text'));
    await expect(web.chat.postMessage({ channel: 'pay', text: 'x'.repeat(40_001) })).rejects.toEqual(
      refusal('msg_too_long'),
    );
    const person = slack.say('pay', 'I am a person');
    const update = { channel: person.channel.id, text: 'x' };
    await expect(web.chat.update({ ...update, ts: person.ts })).rejects.toEqual(refusal('cant_update_message'));
    await expect(web.chat.update({ ...update, ts: '1.000000' })).rejects.toEqual(refusal('message_not_found'));
    const own = await web.chat.postMessage({ channel: 'pay', text: 'x' });
    await expect(web.chat.update({ ...update, ts: own.ts!, text: 'é'.repeat(2001) })).rejects.toEqual(
      refusal('msg_too_long'),
    );
    await expect(web.apiCall('chat.invent')).rejects.toEqual(refusal('unknown_method'));
  });

  it('holds blocks to their limits', async () => {
    const { web } = await open();
    const post = (blocks: ReturnType<typeof section>[]) => web.chat.postMessage({ channel: 'pay', text: 'x', blocks });
    await expect(post([section('x'.repeat(3001))])).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
    await expect(post(Array.from({ length: 51 }, () => section('x')))).rejects.toMatchObject({
      data: { error: 'invalid_blocks', errors: ['no more than 50 items allowed [json-pointer:/blocks]'] },
    });
    await expect(post([section('')])).rejects.toEqual(refusal('invalid_blocks'));
    await expect(post(Array.from({ length: 5 }, () => section('x'.repeat(2900))))).rejects.toEqual(
      refusal('msg_blocks_too_long'),
    );
  });

  it('limits posts per channel and says how long to wait', async () => {
    let now = 1_700_000_000_000;
    const { web } = await open(
      { now: () => now, rateLimit: { post: { burst: 2, perMinute: 30 } } },
      { rejectRateLimitedCalls: true },
    );
    await web.chat.postMessage({ channel: 'pay', text: '1' });
    await web.chat.postMessage({ channel: '#pay', text: '2' });
    await expect(web.chat.postMessage({ channel: 'C0000000001', text: '3' })).rejects.toMatchObject({
      code: ErrorCode.RateLimitedError,
      retryAfter: 2,
    });
    now += 2000;
    await web.chat.postMessage({ channel: 'pay', text: '3' });
  });

  it('fails on demand: an error status, a hang, an answer lost after the effect, an effect that comes late', async () => {
    const { slack, web } = await open(
      {
        faults: ({ method, number }) => {
          if (method !== 'chat.postMessage') return undefined;
          if (number === 1) return { kind: 'status', status: 500 };
          if (number === 2) return { kind: 'hang' };
          if (number === 3) return { kind: 'answer-lost' };
          return { kind: 'late', milliseconds: 5 };
        },
      },
      { timeout: 50 },
    );
    const heard: string[] = [];
    slack.subscribe((what, { text }) => heard.push(`${what} ${text}`));
    const post = (text: string) => web.chat.postMessage({ channel: 'pay', text });
    await expect(post('1')).rejects.toMatchObject({ code: ErrorCode.HTTPError, statusCode: 500 });
    await expect(post('2')).rejects.toMatchObject({ code: ErrorCode.RequestError });
    await expect(post('3')).rejects.toMatchObject({ code: ErrorCode.RequestError });
    expect(heard).toEqual(['posted 3']);
    await expect(post('4')).rejects.toMatchObject({ code: ErrorCode.RequestError });
    await expect.poll(() => heard).toEqual(['posted 3', 'posted 4']);
  });
});
