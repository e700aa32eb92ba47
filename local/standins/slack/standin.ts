import { once } from 'node:events';
import { createServer } from 'node:http';
import { createAnswer } from './answer.ts';
import type { Faults } from './faults.ts';
import { createMethods } from './methods.ts';
import { createRateLimiter, type RateLimits, slackRateLimits } from './rate-limits.ts';
import { type SeenMessage, seen, seenMessages } from './seen.ts';
import { type Channel, createWorkspace, type Message } from './workspace.ts';

interface Options {
  /** The only bot token that is taken. */
  token: string;
  /** A name, or an id in its place, is enough: the app is then in that public channel. */
  channels: readonly (Pick<Channel, 'name'> & Partial<Channel>)[];
  /** What the token may do, as the header `x-oauth-scopes` tells it. @default what Fairlead asks for */
  scopes?: readonly string[];
  /** Milliseconds since 1970; the rate limits go by it too. */
  now?: () => number;
  rateLimit?: Partial<RateLimits>;
  /** Milliseconds before every answer. */
  latency?: number;
  faults?: Faults;
}

type Listener = (what: 'posted' | 'updated', message: SeenMessage) => void;

const isId = (reference: string): boolean => /^[CGD][A-Z0-9]{8,}$/.test(reference);

const channelOf = (given: Options['channels'][number], index: number): Channel => ({
  member: true,
  archived: false,
  private: false,
  ...given,
  id: given.id ?? (isId(given.name) ? given.name : `C${String(index + 1).padStart(10, '0')}`),
  name: given.name.replace(/^#/, ''),
});

/**
 * Slack's Web API on loopback, as the official WebClient sees it (`slackApiUrl: url`): channel ids, `ts`, metadata, Block
 * Kit's limits, rate limits with Retry-After, error codes, and faults on demand.
 */
export const createSlackStandin = async (options: Options) => {
  const { token, now = Date.now, latency = 0, faults = () => undefined } = options;
  const workspace = createWorkspace(options.channels.map(channelOf), now);
  const listeners = new Set<Listener>();
  const changed = (what: 'posted' | 'updated', message: Message): void => {
    for (const listener of listeners) listener(what, seen(message, workspace));
  };
  const idOf = (reference: unknown): string =>
    workspace.channels.find(({ id, name }) => id === reference || `#${name}` === reference || name === reference)?.id ??
    String(reference);

  const answer = createAnswer({
    token,
    method: createMethods(workspace, now, changed),
    secondsToWait: createRateLimiter({ ...slackRateLimits, ...options.rateLimit }, now),
    channelKey: (given) => idOf(given.channel),
    faults,
    latency,
    scopes: options.scopes ?? ['chat:write', 'channels:read', 'channels:history', 'groups:read', 'groups:history'],
  });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in of Slack listens on no port');

  return {
    url: `http://127.0.0.1:${address.port}/api/`,
    messages: () => seenMessages(workspace),
    subscribe: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** A person writes into a channel. */
    say: (channel: string, text: string): SeenMessage => {
      const posted = { channel: workspace.byIdOrName(channel), own: false, threadTs: undefined, broadcast: false };
      return seen(workspace.add({ ...posted, metadata: undefined }, { text, blocks: [] }), workspace);
    },
    /** A person deletes a message. */
    remove: ({ channel, ts }: Pick<SeenMessage, 'channel' | 'ts'>): void =>
      workspace.remove(workspace.find(workspace.byId(channel.id), ts)),
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
