import * as z from 'zod';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Notice } from './decide.ts';
import { explain } from './explain.ts';
import type { View } from './view.ts';

/** A method of Slack's Web API, called once: `apiCall` of a WebClient that neither retries nor waits. */
export type Call = (method: string, options: Record<string, unknown>) => Promise<unknown>;

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/**
 * What came of a call: only `done` had an effect. `wait` is in seconds; `code` is Slack's. Where the effect is unknown,
 * `Upstream` is thrown.
 */
export type Answer<Done> =
  | { readonly done: Done }
  | { readonly wait: number }
  | { readonly refused: Error; readonly code: string };

interface Settings {
  call: Call;
  token: () => Promise<string>;
  /** The token's SSM parameter, for the message that says how to set it. */
  tokenName: string;
}

const failureSchema = z.discriminatedUnion('code', [
  z.object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() }),
  z.object({
    code: z.literal('slack_webapi_platform_error'),
    data: z.object({
      error: z.string(),
      needed: z.string().optional(),
      errors: z.array(z.string()).optional(),
    }),
  }),
]);

/** With these codes Slack says itself that it may have done something of what it was asked. */
const unclear = ['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable'];

const postedSchema = z.object({ channel: z.string(), ts: z.string() });
const pageSchema = z.object({ response_metadata: z.object({ next_cursor: z.string().default('') }) });
const channelsSchema = pageSchema.extend({ channels: z.array(z.object({ id: z.string(), name: z.string() })) });
const historySchema = pageSchema.extend({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
    }),
  ),
});

const eventType = 'fairlead_delivery';
const channelId = /^[CGD][A-Z0-9]{8,}$/;

/** Clocks differ, and Slack's is the one that made a `ts`. Seconds. */
const clockSkew = 300;

/** The bot's three acts: post, update, and find what was posted. */
export const createSlack = ({ call, token, tokenName }: Settings) => {
  const ask = async <Done>(
    notice: Notice,
    method: string,
    schema: z.ZodType<Done>,
    options: Record<string, unknown>,
  ): Promise<Answer<Done>> => {
    const credentials = { token: await token() };
    try {
      return { done: schema.parse(await call(method, { ...credentials, ...options })) };
    } catch (error) {
      const failure = failureSchema.safeParse(error).data;
      if (failure?.code === 'slack_webapi_rate_limited_error') return { wait: failure.retryAfter };
      if (failure && !unclear.includes(failure.data.error)) {
        const refused = explain(method, notice, failure.data, tokenName, error);
        return { refused, code: failure.data.error };
      }
      const { channel, service } = notice;
      throw new Upstream(`Slack did not answer ${method} for ${channel} about ${service}. It is retried.`, {
        cause: error,
      });
    }
  };

  /** Neither links names nor reads markup that people wrote; with the metadata a message is found again. */
  const contentOf = ({ chain, service }: Notice, { text, blocks }: View) => ({
    text,
    blocks,
    parse: 'none',
    link_names: false,
    metadata: { event_type: eventType, event_payload: { chain, service } },
  });

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

  return {
    post: (notice: Notice, view: View): Promise<Answer<Posted>> =>
      ask(notice, 'chat.postMessage', postedSchema, {
        channel: notice.channel,
        unfurl_links: false,
        unfurl_media: false,
        ...contentOf(notice, view),
      }),

    update: (notice: Notice, message: Posted, view: View): Promise<Answer<Posted>> =>
      ask(notice, 'chat.update', postedSchema, { ...message, ...contentOf(notice, view) }),

    /** The message of this chain and service that was posted since then (milliseconds), if any. */
    find: async (notice: Notice, since: number): Promise<Answer<Posted | undefined>> => {
      const channel = await idOf(notice);
      if (!('done' in channel)) return channel;
      const id = channel.done;
      if (id === undefined) return { done: undefined };
      const options = {
        channel: id,
        oldest: String(Math.floor(since / 1000) - clockSkew),
        include_all_metadata: true,
        limit: 200,
      };
      return search(notice, 'conversations.history', historySchema, options, ({ messages }) => {
        const own = messages.find(({ metadata }) => {
          const { chain, service } = metadata?.event_payload ?? {};
          return metadata?.event_type === eventType && chain === notice.chain && service === notice.service;
        });
        return own && { channel: id, ts: own.ts };
      });
    },
  };
};

export type Slack = ReturnType<typeof createSlack>;
