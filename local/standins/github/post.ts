import { createHmac, randomUUID } from 'node:crypto';
import { idOf } from './account.ts';

/** What came of a webhook: the status of its answer, or why there was none. */
export type Result = number | 'no answer' | 'timed out';

export interface Target {
  readonly url: string;
  readonly secret: string;
  /** Milliseconds until GitHub gives up. */
  readonly patience: number;
}

/** One webhook, before it is signed. */
export interface Message {
  id: string;
  event: string;
  repository: string;
  body: string;
}

export const messageOf = (event: string, repository: string, payload: object): Message => ({
  id: randomUUID(),
  event,
  repository,
  body: JSON.stringify(payload),
});

const hmac = (algorithm: string, secret: string, body: string): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

const headersOf = ({ id, event, repository, body }: Message, secret: string): Record<string, string> => ({
  Accept: '*/*',
  'Content-Type': 'application/json',
  'User-Agent': 'GitHub-Hookshot/044aadd',
  'X-GitHub-Delivery': id,
  'X-GitHub-Event': event,
  'X-GitHub-Hook-ID': String(idOf(`hook of ${repository}`)),
  'X-GitHub-Hook-Installation-Target-ID': String(idOf(repository)),
  'X-GitHub-Hook-Installation-Target-Type': 'repository',
  'X-Hub-Signature': hmac('sha1', secret, body),
  'X-Hub-Signature-256': hmac('sha256', secret, body),
});

/** Sends a webhook once, as GitHub does: it follows no redirect, and what fails has failed. */
export const post = async (
  message: Message,
  { url, secret, patience }: Target,
  closing: AbortSignal,
): Promise<Result> => {
  const patient = AbortSignal.timeout(patience);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: headersOf(message, secret),
      body: message.body,
      redirect: 'manual',
      signal: AbortSignal.any([patient, closing]),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return patient.aborted ? 'timed out' : 'no answer';
  }
};
