import { refuse } from './refusal.ts';

export interface Channel {
  id: string;
  name: string;
  /** Whether the app was invited. Without `chat:write.public` it can post nowhere else. */
  member: boolean;
  archived: boolean;
  private: boolean;
}

/** What a message said from `at` (milliseconds) on, until its next version. */
export interface Version {
  at: number;
  text: string;
  blocks: readonly unknown[];
}

export interface Metadata {
  event_type: string;
  event_payload: Readonly<Record<string, unknown>>;
}

export interface Message {
  channel: Channel;
  ts: string;
  /** The app's own, or a person's. */
  own: boolean;
  threadTs: string | undefined;
  broadcast: boolean;
  metadata: Metadata | undefined;
  /** Oldest first, at least one. */
  versions: Version[];
}

/** What the workspace remembers: its channels, and every message with every version. */
export const createWorkspace = (channels: readonly Channel[], now: () => number) => {
  const messages: Message[] = [];
  let lastMicroseconds = 0;

  /** Unique and increasing: a message's `ts` is its identity in the channel. */
  const nextTs = (): string => {
    lastMicroseconds = Math.max(now() * 1000, lastMicroseconds + 1);
    const digits = String(lastMicroseconds).padStart(7, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  };

  return {
    channels,
    messages,
    byId: (id: string): Channel => channels.find((channel) => channel.id === id) ?? refuse('channel_not_found'),
    /** A post may name the channel, with or without its `#`. */
    byIdOrName: (reference: string): Channel =>
      channels.find(({ id, name }) => id === reference || name === reference.replace(/^#/, '')) ??
      refuse('channel_not_found'),
    find: (channel: Channel, ts: string): Message =>
      messages.find((message) => message.channel === channel && message.ts === ts) ?? refuse('message_not_found'),
    add: (posted: Omit<Message, 'ts' | 'versions'>, said: Omit<Version, 'at'>): Message => {
      const message = { ...posted, ts: nextTs(), versions: [{ at: now(), ...said }] };
      messages.push(message);
      return message;
    },
    remove: (message: Message): void => {
      messages.splice(messages.indexOf(message), 1);
    },
  };
};

export type Workspace = ReturnType<typeof createWorkspace>;

/** Slack hides a private channel from who is not in it, and refuses writing into an archived one. */
export const assertWritable = (channel: Channel): void => {
  if (channel.archived) refuse('is_archived');
  assertReadable(channel);
};

export const assertReadable = (channel: Channel): void => {
  if (!channel.member) refuse(channel.private ? 'channel_not_found' : 'not_in_channel');
};

/** What it says now. */
export const latestVersion = ({ versions }: Message): Version => {
  const version = versions.at(-1);
  if (version === undefined) throw new Error('a message has at least one version');
  return version;
};
