import * as z from 'zod';
import type { SlackFacts } from '../judge/slack.ts';

/** More than a workspace that anybody would page through: it has 20 requests a minute. */
const mostPages = 10;

const answerSchema = z.union([
  z.object({ ok: z.literal(true) }).loose(),
  z.object({ ok: z.literal(false), error: z.string() }),
]);
const userSchema = z.object({ user: z.string(), team: z.string() });
const channelsSchema = z.object({
  channels: z.array(
    z.object({ id: z.string(), name: z.string(), is_member: z.boolean(), is_archived: z.boolean().default(false) }),
  ),
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
});

interface Asked {
  readonly api: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

const ask = async ({ api, token, signal }: Asked, method: string, given: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(new URL(method, api.endsWith('/') ? api : `${api}/`), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(given),
    redirect: 'error',
    signal,
  });
  if (!response.ok) throw new Error(`Slack answered ${response.status} to ${method}`);
  const scopes = response.headers.get('x-oauth-scopes') ?? undefined;
  return { scopes, answer: answerSchema.parse(await response.json()) };
};

const channelsFor = async (asked: Asked, types: string): Promise<SlackFacts['channels']> => {
  const found: { id: string; name: string; member: boolean; archived: boolean }[] = [];
  let cursor = '';
  for (let page = 0; page < mostPages; page += 1) {
    const given = { types, limit: '1000', ...(cursor && { cursor }) };
    const { answer } = await ask(asked, 'conversations.list', given);
    if (!answer.ok) return { error: answer.error };
    const { channels, response_metadata } = channelsSchema.parse(answer);
    found.push(
      ...channels.map(({ id, name, is_member, is_archived }) => ({
        id,
        name,
        member: is_member,
        archived: is_archived,
      })),
    );
    cursor = response_metadata.next_cursor;
    if (cursor === '') break;
  }
  return found;
};

/** Who a token is, what it may do, and which channels it sees. Posts nothing. */
export const lookAtSlack = async (asked: Asked): Promise<SlackFacts> => {
  const { answer, scopes } = await ask(asked, 'auth.test');
  if (!answer.ok) return { auth: { error: answer.error }, channels: [] };
  const granted = scopes?.split(',').map((scope) => scope.trim());
  const mayList = (scope: string): boolean => granted === undefined || granted.includes(scope);
  // Slack refuses the whole question for a kind that the token may not see.
  const types = [
    ...(mayList('channels:read') ? ['public_channel'] : []),
    ...(mayList('groups:read') ? ['private_channel'] : []),
  ];
  const channels = types.length === 0 ? { error: 'missing_scope' } : await channelsFor(asked, types.join(','));
  return { auth: userSchema.parse(answer), scopes: granted, channels };
};
