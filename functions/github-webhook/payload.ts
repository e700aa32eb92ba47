import * as z from 'zod';
// Not by z.core, with which every locale would be bundled: 320 kB.
import { toDotPath } from 'zod/v4/core';
import type { Actor } from '#events/actor.ts';
import { timeSchema } from '#events/event.ts';
import { InvalidInput } from '#shared/handlers/errors.ts';

/** The name that our events carry as their producer. */
export const by = 'github-webhook';

/** Cuts to at most `most` UTF-16 units, never in the middle of a character, and says so by an ellipsis. */
const bounded = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** What people wrote: bounded, and without control characters and broken surrogates, which the bus refuses. */
export const text = (most: number) =>
  z.string().transform((value) => bounded(value.toWellFormed().replace(/[^\P{Cc}\n]/gu, ' '), most));

/** A page for people: http or https, nothing that a click could run. */
export const url = z.url({ protocol: /^https?$/, normalize: true }).max(2000);

/** GitHub writes times with seconds or milliseconds, in UTC or with an offset; we have one form. */
export const time = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value).toISOString())
  .pipe(timeSchema);

/** `pushed_at` is in Unix seconds in a push, and RFC 3339 everywhere else. */
export const pushedAt = z.union([
  z
    .int()
    .min(0)
    .max(253_402_300_799)
    .transform((seconds) => new Date(seconds * 1000).toISOString()),
  time,
]);

export const repository = z.object({
  full_name: z
    .string()
    .max(200)
    .regex(/^[\w.-]+\/[\w.-]+$/, 'is not owner/name'),
  html_url: url,
});

export const branch = z.string().min(1).max(255);

export const sender = z.object({ login: text(100).pipe(z.string().min(1)) });

/** GitHub's word for what happened. It is logged, so nothing else may stand there. */
export const action = z.string().regex(/^[a-z0-9_]{1,50}$/, 'is not the name of an action');

/** A numeric id, as the part of an identity that it is for us. */
export const id = z.int().transform(String);

/** Which run of the same work, from 1. Absent in the payloads of old GitHub servers, which knew no other. */
export const attempt = z
  .int()
  .positive()
  .nullish()
  .transform((number) => String(number ?? 1));

export const repositoryOf = ({ full_name, html_url }: z.infer<typeof repository>) => ({
  id: full_name,
  source: html_url,
});

export const actorOf = ({ login }: z.infer<typeof sender>): Actor => ({ name: login, by: 'github' });

/** Enough to find the mistake; a push may have thousands. */
const mostProblems = 5;

/**
 * Reads the fields that we use, and lets all others be. Throws `InvalidInput` that says where the payload is not GitHub's;
 * what stands there is not repeated, because errors are logged.
 */
export const read = <Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> => {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${toDotPath(path) || 'payload'}: ${message}`);
  throw new InvalidInput(problems.slice(0, mostProblems).join('; '));
};
