import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { refuse } from './refusal.ts';

/** A method's arguments by name: strings from a form, anything from JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

const mostBytes = 1_000_000;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > mostBytes) return refuse('post_body_too_large');
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const json = (text: string, code: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(code);
  }
};

/** Form-encoded as the official client sends them, JSON as others do, in the query as a browser does. */
export const readArguments = async (request: IncomingMessage): Promise<Arguments> => {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  const body = await readBody(request);
  if (body === '') return query;
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
  }
  if (!contentType.startsWith('application/json')) return refuse('invalid_post_type');
  const parsed = z.record(z.string(), z.unknown()).safeParse(json(body, 'invalid_json'));
  return parsed.success ? { ...query, ...parsed.data } : refuse('json_not_object');
};

/** The bearer token, or a form's `token`. */
export const tokenOf = (request: IncomingMessage, given: Arguments): string | undefined => {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? (typeof given.token === 'string' ? given.token : undefined);
};

/** An argument that a form carries as JSON text. */
export const structured = (value: unknown, code: string): unknown =>
  typeof value === 'string' ? json(value, code) : value;

/** `true`, `"true"` and `"1"`, as Slack takes them. */
export const truth = z
  .unknown()
  .optional()
  .transform((value) => value === true || value === 'true' || value === '1' || value === 1);
