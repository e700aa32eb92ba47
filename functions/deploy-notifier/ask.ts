import * as z from 'zod';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Notice } from './decide.ts';
import { explain } from './explain.ts';

/** A method of Slack's Web API, called once: `apiCall` of a WebClient that neither retries nor waits. */
export type Call = (method: string, options: Record<string, unknown>) => Promise<unknown>;

/**
 * What came of a call: only `done` had an effect. `wait` is in seconds; `code` is Slack's. Where the effect is unknown,
 * `Upstream` is thrown.
 */
export type Answer<Done> =
  | { readonly done: Done }
  | { readonly wait: number }
  | { readonly refused: Error; readonly code: string };

export interface Settings {
  call: Call;
  token: () => Promise<string>;
  /** The token's SSM parameter, for the message that says how to set it. */
  tokenName: string;
}

const failureSchema = z.discriminatedUnion('code', [
  z.object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() }),
  z.object({
    code: z.literal('slack_webapi_platform_error'),
    data: z.object({
      error: z.string(),
      needed: z.string().optional(),
      errors: z.array(z.string()).optional(),
    }),
  }),
]);

/** With these codes Slack says itself that it may have done something of what it was asked. */
const unclear = ['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable'];

/** Calls one method once, and tells what is certain about its effect. */
export const createAsk =
  ({ call, token, tokenName }: Settings) =>
  async <Done>(
    notice: Notice,
    method: string,
    schema: z.ZodType<Done>,
    options: Record<string, unknown>,
  ): Promise<Answer<Done>> => {
    const credentials = { token: await token() };
    try {
      return { done: schema.parse(await call(method, { ...credentials, ...options })) };
    } catch (error) {
      const failure = failureSchema.safeParse(error).data;
      if (failure?.code === 'slack_webapi_rate_limited_error') return { wait: failure.retryAfter };
      if (failure && !unclear.includes(failure.data.error)) {
        const refused = explain(method, notice, failure.data, tokenName, error);
        return { refused, code: failure.data.error };
      }
      const { channel, service } = notice;
      throw new Upstream(`Slack did not answer ${method} for ${channel} about ${service}. It is retried.`, {
        cause: error,
      });
    }
  };

export type Ask = ReturnType<typeof createAsk>;
