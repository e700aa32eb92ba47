import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { listen } from '#local/aws/listen.ts';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { type Answer, invalid, notFound, readJson, refused, send } from './answer.ts';
import { createHooksApi, type HooksOptions } from './hooks.ts';
import { mergeMethods } from './merge.ts';
import { createPulls, type StoreOptions } from './store.ts';
import { type App, createTokens } from './tokens.ts';

/** What goes wrong with a call: another answer, none ever, or a broken connection once it is done. */
export type ApiFault = Answer | 'hang' | 'answer-lost';

/** One call. `number` counts those of the same method and path, from 1. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly number: number;
}

interface ApiOptions extends StoreOptions {
  readonly apps: readonly App[];
  readonly find: (name: string) => ServedRepository | undefined;
  readonly faults: ((call: ApiCall) => ApiFault | undefined) | undefined;
  readonly hooks: HooksOptions;
}

const pullSchema = z.object({
  title: z.string().min(1).max(256),
  head: z.string(),
  base: z.string(),
  body: z.string(),
});
const editSchema = pullSchema.partial().extend({ state: z.enum(['open', 'closed']).optional() });
const mergeSchema = z.object({ merge_method: z.enum(mergeMethods).default('merge') });

const installationPath = /^\/app\/installations\/(\d+)\/access_tokens$/;
const hooksPath = /^\/repos\/([^/]+\/[^/]+)\/hooks(?:\/(\d+)\/deliveries(?:\/(\d+)\/attempts)?)?$/;
const pullsPath = /^\/repos\/([^/]+\/[^/]+)\/pulls(?:\/(\d+)(\/merge)?)?$/;

/** Whoever has the repository's own token is a person; an App's are its bot. */
const senderOf = (authorization: string): string => (authorization.includes('ghs_') ? 'fairlead[bot]' : 'ada');

/** As much of GitHub's REST API as Fairlead uses, on loopback: installation tokens, pull requests, and webhooks. */
export const createGithubApi = async ({ apps, find, faults, hooks: hooking, ...storing }: ApiOptions) => {
  const hooks = createHooksApi(hooking);
  const pulls = createPulls(storing);
  const tokens = createTokens({ apps, find, now: storing.now });
  const calls: ApiCall[] = [];

  const answerPulls = async (request: IncomingMessage, url: URL, body: unknown): Promise<Answer> => {
    const [, name = '', number, merging] = pullsPath.exec(url.pathname) ?? [];
    const repository = find(name);
    const { authorization = '' } = request.headers;
    if (repository === undefined) return notFound;
    if (authorization === '') return refused(401, 'Requires authentication');
    if (!tokens.allows(authorization, repository, 'pull_requests'))
      return refused(403, 'Resource not accessible by integration');
    const by = senderOf(authorization);
    const asked = (field: string): string | undefined => url.searchParams.get(field) ?? undefined;
    switch (`${request.method} ${number === undefined ? 'all' : (merging ?? 'one')}`) {
      case 'GET all':
        return pulls.list(repository, { head: asked('head'), base: asked('base'), state: asked('state') ?? 'open' });
      case 'POST all': {
        const { data } = pullSchema.safeParse(body);
        return data === undefined
          ? invalid({ resource: 'PullRequest', code: 'missing_field' })
          : pulls.create(repository, data, by);
      }
      case 'PATCH one': {
        const { data } = editSchema.safeParse(body);
        const { title, body: text, state } = data ?? {};
        const change = { ...(title && { title }), ...(text !== undefined && { body: text }), ...(state && { state }) };
        return data === undefined ? invalid() : pulls.edit(repository, Number(number), change, by);
      }
      case 'PUT /merge': {
        const { data } = mergeSchema.safeParse(body);
        return data === undefined ? invalid() : pulls.merge(repository, Number(number), data.merge_method, by);
      }
      default:
        return notFound;
    }
  };

  /** For people who own a repository, by its own token: no App of Fairlead's may do this. */
  const answerHooks = (request: IncomingMessage, url: URL): Answer => {
    const [, name = '', hook, attempt] = hooksPath.exec(url.pathname) ?? [];
    const repository = find(name);
    const token = (request.headers.authorization ?? '').replace(/^(token|bearer) /i, '');
    if (token === '') return refused(401, 'Requires authentication');
    if (repository === undefined || token !== repository.token) return notFound;
    switch (`${request.method} ${hook === undefined ? 'all' : attempt === undefined ? 'attempts' : 'again'}`) {
      case 'GET all':
        return hooks.all(repository);
      case 'GET attempts':
        return hooks.attempts(repository, Number(hook), url);
      case 'POST again':
        return hooks.sendAgain(repository, Number(hook), Number(attempt));
      default:
        return notFound;
    }
  };

  const answer = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const body = await readJson(request);
    if (hooksPath.test(url.pathname)) return answerHooks(request, url);
    const [, installation] = installationPath.exec(url.pathname) ?? [];
    if (installation === undefined) return answerPulls(request, url, body);
    return tokens.issue(Number(installation), request.headers.authorization ?? '', body);
  };

  const { url, close } = await listen(0, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [method = '', path] = [request.method, url.pathname];
    const number = calls.filter((call) => call.method === method && call.path === path).length + 1;
    calls.push({ method, path, number });
    const fault = faults?.({ method, path, number });
    if (fault === 'hang') return;
    if (typeof fault === 'object') return send(response, fault);
    const given = await answer(request, url);
    if (fault === 'answer-lost') response.destroy();
    else send(response, given);
  });
  return { url, pulls, tokens, calls: (): readonly ApiCall[] => [...calls], close };
};
