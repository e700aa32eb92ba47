import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, Faults } from './faults.ts';
import type { createMethods } from './methods.ts';
import type { createRateLimiter } from './rate-limits.ts';
import { refuse, SlackRefusal } from './refusal.ts';
import { type Arguments, readArguments, tokenOf } from './request.ts';

interface Parts {
  token: string;
  method: ReturnType<typeof createMethods>;
  secondsToWait: ReturnType<typeof createRateLimiter>;
  channelKey: (given: Arguments) => string;
  faults: Faults;
  latency: number;
  scopes: readonly string[];
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: Record<string, unknown>;
}

const refused = (error: unknown): Answer => {
  if (!(error instanceof SlackRefusal)) throw error;
  return { status: 200, body: { ok: false, error: error.code, ...error.details } };
};

const rateLimited = (seconds: number): Answer => ({
  status: 429,
  headers: { 'retry-after': String(seconds) },
  body: { ok: false, error: 'ratelimited' },
});

const assertToken = (request: IncomingMessage, given: Arguments, token: string): void => {
  const presented = tokenOf(request, given);
  if (presented === undefined) refuse('not_authed');
  if (presented !== token) refuse('invalid_auth');
};

/** Answers requests for `/api/<method>` as Slack does, and as badly as it is told to. */
export const createAnswer = (parts: Parts) => {
  const calls = new Map<string, number>();
  const numberOf = (method: string): number => {
    const number = (calls.get(method) ?? 0) + 1;
    calls.set(method, number);
    return number;
  };

  const perform = (method: string, given: Arguments): Answer => {
    const seconds = parts.secondsToWait(method, parts.channelKey(given));
    if (seconds > 0) return rateLimited(seconds);
    try {
      const headers = { 'x-oauth-scopes': parts.scopes.join(',') };
      return { status: 200, headers, body: { ok: true, ...parts.method(method)(given) } };
    } catch (error) {
      return refused(error);
    }
  };

  /** An answer, or none: then the connection breaks, at once or (`hang`) when the client gives up. */
  const withFault = async (fault: Fault, method: string, given: Arguments): Promise<Answer | 'break' | 'hang'> => {
    switch (fault.kind) {
      case 'status':
        return { status: fault.status, body: { ok: false, error: 'internal_error' } };
      case 'error':
        return { status: 200, body: { ok: false, error: fault.error } };
      case 'rate-limited':
        return rateLimited(fault.retryAfter);
      case 'hang':
        return 'hang';
      case 'answer-lost':
        perform(method, given);
        return fault.status === undefined ? 'break' : { status: fault.status, body: { ok: false } };
      case 'late':
        void wait(fault.milliseconds, undefined, { ref: false }).then(() => perform(method, given));
        return 'break';
    }
  };

  const answerOf = async (request: IncomingMessage): Promise<Answer | 'break' | 'hang'> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const method = pathname.slice(pathname.lastIndexOf('/') + 1);
    try {
      const given = await readArguments(request);
      assertToken(request, given, parts.token);
      const fault = parts.faults({ method, arguments: given, number: numberOf(method) });
      return fault === undefined ? perform(method, given) : await withFault(fault, method, given);
    } catch (error) {
      return refused(error);
    }
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await answerOf(request);
    if (parts.latency > 0) await wait(parts.latency);
    if (answer === 'hang') return;
    if (answer === 'break') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  };
};
