import { InvalidInput } from '#shared/handlers/errors.ts';
import type { WebhookRequest } from '#shared/handlers/on-webhook.ts';
import { parseJson } from './json.ts';

/** One webhook of GitHub: the name of its event, and what it says. */
export interface Delivery {
  readonly event: string;
  readonly payload: unknown;
}

const jsonOf = (contentType: string, body: string): string => {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return body;
  if (type !== 'application/x-www-form-urlencoded')
    throw new InvalidInput('Content-Type is neither application/json nor application/x-www-form-urlencoded.');
  const payload = new URLSearchParams(body).get('payload');
  if (payload === null) throw new InvalidInput('The form has no field "payload".');
  return payload;
};

/** Reads a request in either of the two content types that a hook can be set to. Throws `InvalidInput`. */
export const parseDelivery = ({ headers, body }: WebhookRequest): Delivery => {
  const event = headers['x-github-event'];
  if (event === undefined) throw new InvalidInput('X-GitHub-Event is missing.');
  // It is no part of what is signed, and it is logged.
  if (!/^[a-z0-9_]{1,50}$/.test(event)) throw new InvalidInput('X-GitHub-Event is not the name of an event.');
  return { event, payload: parseJson(jsonOf(headers['content-type'] ?? '', body.toString('utf8'))) };
};
