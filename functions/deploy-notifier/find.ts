import * as z from 'zod';
import type { Answer, Ask } from './ask.ts';
import type { Notice } from './decide.ts';
import { eventType, isOf } from './metadata.ts';
import type { Posted, Posting } from './posting.ts';

const pageSchema = z.object({
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
});
const channelsSchema = pageSchema.extend({ channels: z.array(z.object({ id: z.string(), name: z.string() })) });
const historySchema = pageSchema.extend({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
    }),
  ),
});

const channelId = /^[CGD][A-Z0-9]{8,}$/;

/** Clocks differ, and Slack's is the one that made a `ts`. Seconds. */
const clockSkew = 300;

interface Haystack {
  readonly method: string;
  readonly channel: string;
  readonly options: Record<string, unknown>;
}

/** Finds what was posted, by its metadata. */
export const createFind = (ask: Ask) => {
  /** Goes through pages until something is found. */
  const search = async <Page extends z.infer<typeof pageSchema>, Found>(
    notice: Notice,
    method: string,
    schema: z.ZodType<Page>,
    options: Record<string, unknown>,
    pick: (page: Page) => Found | undefined,
  ): Promise<Answer<Found | undefined>> => {
    let cursor = '';
    do {
      const answer = await ask(notice, method, schema, { ...options, ...(cursor && { cursor }) });
      if (!('done' in answer)) return answer;
      const found = pick(answer.done);
      if (found !== undefined) return { done: found };
      cursor = answer.done.response_metadata.next_cursor;
    } while (cursor !== '');
    return { done: undefined };
  };

  const idOf = async (notice: Notice): Promise<Answer<string | undefined>> => {
    if (channelId.test(notice.channel)) return { done: notice.channel };
    const wanted = notice.channel.replace(/^#/, '');
    const options = { types: 'public_channel,private_channel', exclude_archived: true, limit: 1000 };
    return search(
      notice,
      'conversations.list',
      channelsSchema,
      options,
      ({ channels }) => channels.find(({ name }) => name === wanted)?.id,
    );
  };

  /** Where to look for it: in the thread of a reply, else in the channel; nowhere if there is no such channel. */
  const haystackOf = async (posting: Posting): Promise<Answer<Haystack | undefined>> => {
    if (posting.reply) {
      const { channel, ts } = posting.reply.thread;
      return { done: { method: 'conversations.replies', channel, options: { channel, ts } } };
    }
    const answer = await idOf(posting);
    if (!('done' in answer)) return answer;
    const channel = answer.done;
    return {
      done: channel === undefined ? undefined : { method: 'conversations.history', channel, options: { channel } },
    };
  };

  /** What was posted of it since then (milliseconds), if anything. */
  return async (posting: Posting, since: number): Promise<Answer<Posted | undefined>> => {
    const haystack = await haystackOf(posting);
    if (!('done' in haystack)) return haystack;
    if (haystack.done === undefined) return { done: undefined };
    const { method, channel, options } = haystack.done;
    const oldest = String(Math.floor(since / 1000) - clockSkew);
    const from = { ...options, oldest, include_all_metadata: true, limit: 200 };
    return search(posting, method, historySchema, from, ({ messages }) => {
      const own = messages.find(
        ({ metadata }) => metadata?.event_type === eventType && isOf(posting, metadata.event_payload),
      );
      return own && { channel, ts: own.ts };
    });
  };
};
