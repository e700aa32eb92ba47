import { latestVersion, type Message, type Version, type Workspace } from './workspace.ts';

/** A message as a test or a story looks at it: what it says now, every version it had, and its thread. */
export interface SeenMessage {
  channel: { id: string; name: string };
  ts: string;
  /** The app's own, or a person's. */
  own: boolean;
  /** Of a reply: the channel sees it, too. */
  broadcast: boolean;
  text: string;
  blocks: readonly unknown[];
  metadata: Message['metadata'];
  versions: readonly Version[];
  replies: readonly SeenMessage[];
}

export const seen = (message: Message, workspace: Workspace): SeenMessage => {
  const { text, blocks } = latestVersion(message);
  return {
    channel: { id: message.channel.id, name: message.channel.name },
    ts: message.ts,
    own: message.own,
    broadcast: message.broadcast,
    text,
    blocks,
    metadata: message.metadata,
    versions: [...message.versions],
    replies: workspace.messages
      .filter(({ channel, threadTs }) => channel === message.channel && threadTs === message.ts)
      .map((reply) => seen(reply, workspace)),
  };
};

/** Everything in the workspace that is not a reply, oldest first. */
export const seenMessages = (workspace: Workspace): SeenMessage[] =>
  workspace.messages.filter(({ threadTs }) => threadTs === undefined).map((message) => seen(message, workspace));
