import { Octokit } from '@octokit/core';
import * as z from 'zod';
import type { Attempt } from '#shared/reconciling/undelivered.ts';
import { patiently } from './patient.ts';
import type { GithubRepository } from './where.ts';

export interface Hook {
  readonly id: number;
  readonly url: string;
}

/** Where github-webhook listens, below an API's URL. */
export const hookPath = '/webhooks/github';

/** The webhooks that tell a stage: that of this API or, without one, of any. */
export const hooksTo = (hooks: readonly Hook[], api: string | undefined): Hook[] =>
  hooks.filter(({ url }) =>
    api === undefined ? URL.parse(url)?.pathname.endsWith(hookPath) : url === `${api.replace(/\/+$/, '')}${hookPath}`,
  );

/** A page has a hundred attempts: more than this, and GitHub keeps them for a few days only, is not looked at. */
const mostPages = 50;

/** For each request, with the waits that GitHub asks for. Milliseconds. */
const timeout = 60_000;

const hooksSchema = z.array(
  z.object({ id: z.int(), active: z.boolean(), config: z.object({ url: z.string().default('') }) }),
);

/** https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook */
const attemptsSchema = z.array(
  z
    .object({
      id: z.int(),
      guid: z.string(),
      delivered_at: z.iso.datetime({ offset: true }),
      redelivery: z.boolean(),
      status: z.string(),
      status_code: z.int(),
      event: z.string(),
    })
    .transform(({ delivered_at, status_code, ...rest }) => ({
      ...rest,
      deliveredAt: delivered_at,
      statusCode: status_code,
    })),
);

const nextCursor = (link: string | undefined): string | undefined => {
  const [, url] = /<([^>]+)>;\s*rel="next"/.exec(link ?? '') ?? [];
  return (url && URL.parse(url)?.searchParams.get('cursor')) ?? undefined;
};

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The webhooks of one repository, until a signal. Throws `Upstream` that says what to do. */
export const createHooks = ({ api, owner, repo }: GithubRepository, token: string, until?: AbortSignal) => {
  const octokit = new Octokit({ baseUrl: api, auth: token, log: silent });
  const where = { owner, repo };
  const on = `${owner}/${repo}`;
  const soon = (): AbortSignal => AbortSignal.any([AbortSignal.timeout(timeout), ...(until ? [until] : [])]);

  return {
    all: async (): Promise<Hook[]> => {
      const signal = soon();
      const { data } = await patiently(`list the webhooks of ${on}`, signal, () =>
        octokit.request('GET /repos/{owner}/{repo}/hooks', { ...where, per_page: 100, request: { signal } }),
      );
      return hooksSchema.parse(data).flatMap(({ id, active, config }) => (active ? [{ id, url: config.url }] : []));
    },
    /** Every attempt since a moment (milliseconds since 1970). `complete` is false where there were too many. */
    attempts: async (hook: Hook, since: number): Promise<{ attempts: Attempt[]; complete: boolean }> => {
      const found: Attempt[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const signal = soon();
        const { data, headers } = await patiently(`list the deliveries from ${on}`, signal, () =>
          octokit.request('GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries', {
            ...where,
            hook_id: hook.id,
            per_page: 100,
            ...(cursor && { cursor }),
            request: { signal },
          }),
        );
        const attempts = attemptsSchema.parse(data);
        const recent = attempts.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= since);
        found.push(...recent);
        cursor = nextCursor(headers.link);
        if (cursor === undefined || recent.length < attempts.length) return { attempts: found, complete: true };
      }
      return { attempts: found, complete: false };
    },
    /** Has GitHub send a delivery again: the same bytes, signed with the secret of now. */
    sendAgain: async (hook: Hook, { id }: Attempt): Promise<void> => {
      const signal = soon();
      await patiently(`send a delivery from ${on} again`, signal, () =>
        octokit.request('POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts', {
          ...where,
          hook_id: hook.id,
          delivery_id: id,
          request: { signal },
        }),
      );
    },
  };
};

export type Hooks = ReturnType<typeof createHooks>;
