import { type Hook, type Hooks, hookPath, hooksTo } from '#shared/clients/github/hooks.ts';
import type { GithubRepository } from '#shared/clients/github/where.ts';
import { sinceOf, worthSending } from './decide.ts';
import { mostMended, type Step } from './walk.ts';

interface Dependencies {
  readonly open: (repository: GithubRepository) => Hooks;
  /** The stage's own API, which tells its webhook from other stages'. */
  readonly apiId: string | undefined;
  readonly now: number;
}

/** The only webhook to a Fairlead, whatever domain it names, or that to this one. */
const hookOf = (hooks: readonly Hook[], apiId: string | undefined): Hook | undefined => {
  const [hook, ...others] = hooksTo(hooks, undefined);
  if (hook === undefined || others.length === 0) return hook;
  return [hook, ...others].find(({ url }) => URL.parse(url)?.hostname.startsWith(`${apiId}.execute-api.`));
};

/** Has GitHub send again what never arrived from a repository. */
export const createSendAgain = ({ open, apiId, now }: Dependencies) =>
  async function* (repository: GithubRepository): AsyncGenerator<Step> {
    const name = `${repository.owner}/${repository.repo}`;
    const hooks = open(repository);
    const hook = hookOf(await hooks.all(), apiId);
    if (hook === undefined) {
      yield { notAsked: `${name} has no webhook of its own to this stage’s …${hookPath}` };
      return;
    }
    const { attempts, complete } = await hooks.attempts(hook, sinceOf(now));
    if (!complete) yield { notAsked: `${name} has more deliveries than are looked at` };
    for (const attempt of worthSending(attempts, now).slice(0, mostMended)) {
      await hooks.sendAgain(hook, attempt);
      yield { mended: `${attempt.event} ${attempt.guid} of ${name}` };
    }
  };
