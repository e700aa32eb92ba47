import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { Upstream } from '#shared/handlers/errors.ts';

const tries = 4;

/** GitHub asks for a minute where it limits: more than that is the queue's to wait. Milliseconds. */
const longestWait = 20_000;

const failureSchema = z.object({
  status: z.number(),
  message: z.string().catch(''),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }).optional(),
});

type Failure = z.infer<typeof failureSchema>;

/** The status of what Octokit threw; undefined for what never was an answer. */
export const statusOf = (error: unknown): number | undefined => failureSchema.safeParse(error).data?.status;

const header = ({ response }: Failure, name: string): number | undefined => {
  const value = Number(response?.headers[name] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
};

const isLimited = (failure: Failure): boolean =>
  failure.status === 429 ||
  (failure.status === 403 &&
    (header(failure, 'retry-after') !== undefined ||
      header(failure, 'x-ratelimit-remaining') === 0 ||
      /rate limit/i.test(failure.message)));

/** When a further try makes sense, in milliseconds from now; undefined where it makes none. */
const waitOf = (failure: Failure, attempt: number, now: number): number | undefined => {
  const jitter = 0.5 + Math.random() / 2;
  if (isLimited(failure)) {
    const asked = header(failure, 'retry-after');
    const reset = header(failure, 'x-ratelimit-reset');
    if (asked !== undefined) return asked * 1000;
    return reset === undefined ? 60_000 : Math.max(1000, reset * 1000 - now);
  }
  return failure.status >= 500 ? 250 * 2 ** attempt * jitter : undefined;
};

const adviceOf = (failure: Failure): string => {
  if (isLimited(failure)) return 'It asks for fewer requests, and is asked again later.';
  if (failure.status === 401) return 'Check the App’s private key, or the token.';
  if (failure.status === 403) return 'Check what the App, or the token, may do.';
  if (failure.status === 404) return 'Check the repository’s name, and that the App, or the token, may see it.';
  return failure.status >= 500 ? 'It is asked again later.' : 'It is not expected to change by itself.';
};

/**
 * Asks GitHub, and again where it says that it will answer later: on 5xx, and on 429 or 403 by a rate limit, as its
 * `retry-after` wants. Throws `Upstream` that says what was asked and what to do, and nothing of what was sent.
 */
export const patiently = async <T>(what: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const { data: failure } = failureSchema.safeParse(error);
      if (signal.aborted) throw new Upstream(`GitHub did not ${what}: the time ran out before it had answered.`);
      if (failure === undefined) throw error;
      const wait = waitOf(failure, attempt, Date.now());
      if (wait === undefined || wait > longestWait || attempt === tries)
        throw new Upstream(
          `GitHub did not ${what}: ${failure.status} ${failure.message.replaceAll(/\s+/g, ' ').slice(0, 300)}. ${adviceOf(failure)}`,
        );
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
};
