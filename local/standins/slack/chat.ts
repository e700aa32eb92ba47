import * as z from 'zod';
import { parseBlocks } from './blocks.ts';
import { refuse } from './refusal.ts';
import { type Arguments, structured, truth } from './request.ts';
import { assertWritable, latestVersion, type Message, type Metadata, type Workspace } from './workspace.ts';

/** The app that owns the token. */
export const app = { user: 'U0FAIRLEAD', bot_id: 'B0FAIRLEAD', app_id: 'A0FAIRLEAD', team: 'T0STANDIN' } as const;

const longestPost = 40_000;
/** Bytes, not characters, and only for an update. */
const longestUpdate = 4000;

const metadataSchema = z.object({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.unknown()),
});

const parseMetadata = (value: unknown): Metadata | undefined => {
  if (value === undefined) return undefined;
  const parsed = metadataSchema.safeParse(structured(value, 'invalid_metadata_format'));
  return parsed.success ? parsed.data : refuse('invalid_metadata_format');
};

const textOf = (given: Arguments): string => (typeof given.text === 'string' ? given.text : '');

const contentOf = (given: Arguments) => {
  const text = textOf(given);
  const blocks = parseBlocks(structured(given.blocks, 'invalid_blocks_format'));
  if (text.trim() === '' && blocks.length === 0) refuse('no_text');
  return { text, blocks, metadata: parseMetadata(given.metadata) };
};

/** A message as Slack's answers carry it. */
export const asSlack = (message: Message, withMetadata = false) => {
  const { text, blocks } = latestVersion(message);
  return {
    type: 'message',
    ...(message.own ? app : { user: 'U0PERSON', team: app.team }),
    ts: message.ts,
    text,
    ...(blocks.length > 0 && { blocks }),
    ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    ...(message.broadcast && { subtype: 'thread_broadcast' }),
    ...(message.versions.length > 1 && { edited: { user: app.user, ts: message.ts } }),
    ...(withMetadata && message.metadata && { metadata: message.metadata }),
  };
};

const postArguments = z.object({
  channel: z.string().min(1),
  thread_ts: z.string().optional(),
  reply_broadcast: truth,
});

/** chat.postMessage: by the channel's id or its name; the answer has the id. */
export const postMessage = (workspace: Workspace, given: Arguments): Message => {
  const parsed = postArguments.safeParse(given);
  if (!parsed.success) return refuse('channel_not_found');
  const { channel: reference, thread_ts: threadTs, reply_broadcast: broadcast } = parsed.data;
  const channel = workspace.byIdOrName(reference);
  assertWritable(channel);
  const { metadata, ...content } = contentOf(given);
  if (content.text.length > longestPost) refuse('msg_too_long');
  if (threadTs !== undefined) {
    const parent = workspace.messages.find((message) => message.channel === channel && message.ts === threadTs);
    if (parent === undefined || parent.threadTs !== undefined) refuse('thread_not_found');
  }
  return workspace.add({ channel, own: true, threadTs, broadcast, metadata }, content);
};

const updateArguments = z.object({ channel: z.string().min(1), ts: z.string().min(1) });

/** chat.update: by the channel's id only. What is not given stays, as the blocks where only a text comes. */
export const updateMessage = (workspace: Workspace, given: Arguments, now: () => number): Message => {
  const parsed = updateArguments.safeParse(given);
  if (!parsed.success) return refuse('invalid_arguments');
  const channel = workspace.byId(parsed.data.channel);
  assertWritable(channel);
  const message = workspace.find(channel, parsed.data.ts);
  if (!message.own) refuse('cant_update_message');
  const { metadata, text, blocks } = contentOf(given);
  if (Buffer.byteLength(text) > longestUpdate) refuse('msg_too_long');
  const kept = given.blocks === undefined ? latestVersion(message).blocks : blocks;
  message.versions.push({ at: now(), text, blocks: kept });
  message.metadata = metadata ?? message.metadata;
  return message;
};
