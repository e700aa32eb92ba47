import { createHash, timingSafeEqual } from 'node:crypto';
import type { ConfigSource } from '#shared/config/config.ts';
import { Unauthenticated } from '#shared/handlers/errors.ts';
import type { WebhookRequest } from '#shared/handlers/on-webhook.ts';

/** The current token of an Argo CD instance, and the one before while a rotation is under way. */
export type ReadTokens = (instance: string) => Promise<readonly string[]>;

/** Digests have one length, so comparing them tells nothing of the tokens'. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isOneOf = (token: string, tokens: readonly string[]): boolean =>
  tokens.reduce((found, known) => timingSafeEqual(digest(token), digest(known)) || found, false);

/** Verifies the bearer token of the instance that the path names. Argo CD can't sign what it sends. */
export const createVerification =
  (config: ConfigSource, readTokens: ReadTokens) =>
  async ({ headers, path }: WebhookRequest): Promise<void> => {
    const { name = '' } = path;
    if (!Object.hasOwn((await config()).argocd, name)) throw new Unauthenticated('The path names no instance of ours.');
    const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (!token) throw new Unauthenticated('There is no bearer token.');
    if (!isOneOf(token, await readTokens(name))) throw new Unauthenticated("The bearer token is not the instance's.");
  };
