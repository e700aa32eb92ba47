import * as z from 'zod';
import { asSlack } from './chat.ts';
import { refuse } from './refusal.ts';
import { type Arguments, truth } from './request.ts';
import { assertReadable, type Message, type Workspace } from './workspace.ts';

const encodeCursor = (position: number): string => Buffer.from(`next:${position}`).toString('base64');

const decodeCursor = (cursor: string): number => {
  const position = /^next:([0-9]+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8'))?.[1];
  return position === undefined ? refuse('invalid_cursor') : Number(position);
};

const pageArguments = (usual: number, most: number) => ({
  cursor: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(most).default(usual),
});

/** One page, and where the next one begins; an empty cursor means there is none. */
const page = <Item>(items: readonly Item[], { cursor, limit }: { cursor: string; limit: number }) => {
  const start = cursor === '' ? 0 : decodeCursor(cursor);
  const end = start + limit;
  const more = end < items.length;
  return { items: items.slice(start, end), more, next: more ? encodeCursor(end) : '' };
};

const historyArguments = z.object({
  channel: z.string().min(1),
  oldest: z.string().default('0'),
  latest: z.string().default('9999999999'),
  inclusive: truth,
  include_all_metadata: truth,
  ...pageArguments(100, 999),
});

/** One page of messages, as Slack answers it. */
const answerOf = (found: readonly Message[], given: z.infer<typeof historyArguments>) => {
  const { items, more, next } = page(found, given);
  return {
    messages: items.map((message) => asSlack(message, given.include_all_metadata)),
    has_more: more,
    response_metadata: { next_cursor: next },
  };
};

/** The time that was asked for. */
const isWithin =
  ({ oldest, latest, inclusive }: z.infer<typeof historyArguments>) =>
  ({ ts }: Message): boolean =>
    inclusive
      ? Number(ts) >= Number(oldest) && Number(ts) <= Number(latest)
      : Number(ts) > Number(oldest) && Number(ts) < Number(latest);

/** conversations.history: newest first, replies only where they were broadcast, metadata only when asked for. */
export const history = (workspace: Workspace, given: Arguments) => {
  const parsed = historyArguments.safeParse(given);
  if (!parsed.success) return refuse(given.channel === undefined ? 'channel_not_found' : 'invalid_arguments');
  const channel = workspace.byId(parsed.data.channel);
  assertReadable(channel);
  const found = workspace.messages
    .filter((message) => message.channel === channel)
    .filter(isWithin(parsed.data))
    .filter(({ threadTs, broadcast }) => threadTs === undefined || broadcast)
    .reverse();
  return answerOf(found, parsed.data);
};

const repliesArguments = historyArguments.extend({ ts: z.string().min(1) });

/** conversations.replies: the message of the thread, whatever its age, and then its replies, oldest first. */
export const replies = (workspace: Workspace, given: Arguments) => {
  const parsed = repliesArguments.safeParse(given);
  if (!parsed.success) return refuse(given.channel === undefined ? 'channel_not_found' : 'invalid_arguments');
  const channel = workspace.byId(parsed.data.channel);
  assertReadable(channel);
  const inChannel = workspace.messages.filter((message) => message.channel === channel);
  const parent = inChannel.find(({ ts }) => ts === parsed.data.ts);
  if (parent === undefined) return refuse('thread_not_found');
  const thread = inChannel.filter(({ threadTs }) => threadTs === parent.ts).filter(isWithin(parsed.data));
  return answerOf([parent, ...thread], parsed.data);
};

const listArguments = z.object({
  types: z.string().default('public_channel'),
  exclude_archived: truth,
  ...pageArguments(100, 1000),
});

/** conversations.list: the public channels unless others are asked for, private ones only where the app is in. */
export const list = (workspace: Workspace, given: Arguments) => {
  const parsed = listArguments.safeParse(given);
  if (!parsed.success) return refuse('invalid_arguments');
  const types = parsed.data.types.split(',');
  const visible = workspace.channels
    .filter((channel) => types.includes(channel.private ? 'private_channel' : 'public_channel'))
    .filter((channel) => channel.member || !channel.private)
    .filter((channel) => !(parsed.data.exclude_archived && channel.archived));
  const { items, next } = page(visible, parsed.data);
  return {
    channels: items.map((channel) => ({
      id: channel.id,
      name: channel.name,
      is_channel: true,
      is_member: channel.member,
      is_archived: channel.archived,
      is_private: channel.private,
    })),
    response_metadata: { next_cursor: next },
  };
};
