import * as z from 'zod';
import { type Answer, createAsk, type Settings } from './ask.ts';
import type { View } from './blocks.ts';
import { createFind } from './find.ts';
import { eventType, payloadOf } from './metadata.ts';
import type { Posted, Posting } from './posting.ts';

const postedSchema = z.object({ channel: z.string(), ts: z.string() });

/** The bot's three acts: post, update, and find what was posted. */
export const createSlack = (settings: Settings) => {
  const ask = createAsk(settings);

  /** Neither links names nor reads markup that people wrote; with the metadata a message is found again. */
  const contentOf = (posting: Posting, { text, blocks }: View) => ({
    text,
    blocks,
    parse: 'none',
    link_names: false,
    metadata: { event_type: eventType, event_payload: payloadOf(posting) },
  });

  return {
    /** A reply is broadcast: the channel sees it as it does the message. */
    post: (posting: Posting, view: View): Promise<Answer<Posted>> =>
      ask(posting, 'chat.postMessage', postedSchema, {
        channel: posting.reply?.thread.channel ?? posting.channel,
        ...(posting.reply && { thread_ts: posting.reply.thread.ts, reply_broadcast: true }),
        unfurl_links: false,
        unfurl_media: false,
        ...contentOf(posting, view),
      }),

    /** What is broadcast stays so. */
    update: (posting: Posting, { channel, ts }: Posted, view: View): Promise<Answer<Posted>> =>
      ask(posting, 'chat.update', postedSchema, { channel, ts, ...contentOf(posting, view) }),

    find: createFind(ask),
  };
};

export type Slack = ReturnType<typeof createSlack>;
