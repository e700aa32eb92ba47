import { onWebhook } from '#shared/handlers/on-webhook.ts';
import type { Publishing } from '#shared/handlers/publishing.ts';
import { parseDelivery } from './delivery.ts';
import { createVerification, type ReadSecrets } from './signature.ts';
import { translate } from './translate.ts';

/** GitHub sends up to 25 MB, but Lambda takes 6 MB after escaping: about so much of a body. */
const mostBytes = 4 * 1024 * 1024;

interface Dependencies {
  readonly runtime: Publishing;
  readonly readSecrets: ReadSecrets;
}

export const createHandler = ({ runtime, readSecrets }: Dependencies) =>
  onWebhook(
    runtime,
    { mostBytes, verify: createVerification(readSecrets), parse: parseDelivery },
    async ({ event, payload }) => translate(event, payload),
  );
