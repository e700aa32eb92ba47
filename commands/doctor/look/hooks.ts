import * as z from 'zod';
import type { GithubRepository } from '#shared/clients/github/where.ts';
import type { Hook } from '../judge/hooks.ts';

const hooksSchema = z.array(
  z.object({
    active: z.boolean(),
    events: z.array(z.string()),
    config: z.object({ url: z.string().default('') }),
    last_response: z.object({ code: z.int().nullish() }).nullish(),
  }),
);

/** A repository's webhooks; undefined where the token may not see them. */
export const lookAtHooks = async (
  { api, owner, repo }: GithubRepository,
  token: string,
  signal: AbortSignal,
): Promise<readonly Hook[] | undefined> => {
  const response = await fetch(`${api}/repos/${owner}/${repo}/hooks?per_page=100`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'fairlead-doctor',
    },
    redirect: 'error',
    signal,
  });
  if ([401, 403, 404].includes(response.status)) return undefined;
  if (!response.ok) throw new Error(`GitHub answered ${response.status} to a look at the webhooks of ${owner}/${repo}`);
  return hooksSchema.parse(await response.json()).map(({ active, events, config, last_response }) => ({
    active,
    events,
    url: config.url,
    lastStatus: last_response?.code ?? undefined,
  }));
};
