import { isUtf8 } from 'node:buffer';
import { verifyWithFallback } from '@octokit/webhooks-methods';
import { Unauthenticated } from '#shared/handlers/errors.ts';
import type { WebhookRequest } from '#shared/handlers/on-webhook.ts';

const wellFormed = /^sha256=[0-9a-f]{64}$/;

/** The current secret, and the one before while a rotation is under way. */
export type ReadSecrets = () => Promise<readonly string[]>;

/**
 * Verifies GitHub's `X-Hub-Signature-256` over the raw bytes. The library takes text, and decoding would make one text of
 * many broken ones, so bytes that are not UTF-8 (GitHub sends none) are refused like a wrong signature.
 */
export const createVerification =
  (readSecrets: ReadSecrets) =>
  async ({ headers, body }: WebhookRequest): Promise<void> => {
    const signature = headers['x-hub-signature-256'] ?? '';
    if (!wellFormed.test(signature)) throw new Unauthenticated('X-Hub-Signature-256 is missing or malformed.');
    if (body.byteLength === 0 || !isUtf8(body)) throw new Unauthenticated('The body is empty or not UTF-8.');
    const [current = '', ...previous] = await readSecrets();
    if (!(await verifyWithFallback(current, body.toString('utf8'), signature, previous)))
      throw new Unauthenticated('X-Hub-Signature-256 is of another body or secret.');
  };
