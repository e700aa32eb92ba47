import { createHmac } from 'node:crypto';
import type { Answers } from '../judge/webhooks.ts';

const post = async (url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'fairlead-doctor', ...headers },
    body,
    redirect: 'manual', // what is signed goes where it was meant to, and nowhere else
    signal,
  });
  await response.arrayBuffer();
  return response.status;
};

/** A body as GitHub signs it. */
export const signed = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const ping = JSON.stringify({ zen: 'Nothing is done about a ping.' });

/** Posts a ping as GitHub would, of which nothing comes, and gives the status. */
export const sendPing = (url: string, signature: string, signal: AbortSignal): Promise<number> =>
  post(url, { 'x-github-event': 'ping', 'x-hub-signature-256': signature }, ping, signal);

export const signedPing = (secret: string): string => signed(secret, ping);

/** What the webhook for GitHub answers to a wrong signature, and to the right one. */
export const lookAtGithubWebhook = async (
  url: string,
  secret: string | undefined,
  signal: AbortSignal,
): Promise<Answers> => ({
  wrong: await sendPing(url, `sha256=${'0'.repeat(64)}`, signal),
  right: secret === undefined ? undefined : await sendPing(url, signedPing(secret), signal),
});

/** The same of Argo CD's, whose notification is empty here: it is refused as that once the token is taken. */
export const lookAtArgocdWebhook = async (
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Answers> => ({
  wrong: await post(url, { authorization: 'Bearer nobody' }, '{}', signal),
  right: token === undefined ? undefined : await post(url, { authorization: `Bearer ${token}` }, '{}', signal),
});
