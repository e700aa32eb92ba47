import { type Hook, type Hooks, hookPath, hooksTo } from '#shared/clients/github/hooks.ts';
import type { GithubRepository } from '#shared/clients/github/where.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { type Attempt, undeliveredOf } from '#shared/reconciling/undelivered.ts';
import { Failure } from '../failure.ts';
import { confirm } from '../terminal/confirm.ts';
import { type Session, say } from '../terminal/session.ts';
import { ago, plain } from '../words.ts';

export interface Reconciling {
  readonly days: number;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** The HTTP API's URL, where repositories tell several stages. */
  readonly api?: string | undefined;
}

interface Missed {
  readonly name: string;
  readonly hooks: Hooks;
  readonly hook: Hook;
  readonly attempt: Attempt;
}

const day = 24 * 60 * 60 * 1000;

const hookOf = (name: string, hooks: readonly Hook[], api: string | undefined): Hook | undefined => {
  const [hook, ...others] = hooksTo(hooks, api);
  if (others.length === 0) return hook;
  const urls = [hook, ...others].map((one) => one?.url.slice(0, -hookPath.length));
  throw new Failure(`${name} tells several stages. Which one? --api ${urls.join(' | ')}`);
};

const lineOf = ({ name, attempt }: Missed, now: number): string => {
  const { event, guid, deliveredAt, status, statusCode } = attempt;
  return `${name}  ${plain(event)}  ${plain(guid)}  ${ago(deliveredAt, now)}: ${statusCode} ${plain(status)}`;
};

/** What GitHub could not deliver, of all repositories; what can't be looked at is said, and the others are. */
const look = async (
  repositories: readonly GithubRepository[],
  { api, days }: Reconciling,
  { session, open, now }: { session: Session; open: (repository: GithubRepository) => Hooks; now: number },
) => {
  const missed: Missed[] = [];
  let unseen = 0;
  for (const repository of repositories) {
    const name = `${repository.owner}/${repository.repo}`;
    try {
      const hooks = open(repository);
      const hook = hookOf(name, await hooks.all(), api);
      if (hook === undefined) {
        say(
          session.stderr,
          `${name} has no webhook of its own to ${api ?? '…'}${hookPath}: an organization’s or an App’s is not looked at.`,
        );
        unseen += 1;
        continue;
      }
      const { attempts, complete } = await hooks.attempts(hook, now - days * day);
      if (!complete)
        say(session.stderr, `${name}: there are more deliveries than are looked at. Ask for fewer --days.`);
      missed.push(...undeliveredOf(attempts, now).map((attempt) => ({ name, hooks, hook, attempt })));
    } catch (error) {
      if (!(error instanceof Upstream)) throw error;
      say(session.stderr, plain(error.message));
      unseen += 1;
    }
  }
  return { missed, unseen };
};

const sendAll = async (missed: readonly Missed[], session: Session): Promise<number> => {
  let sent = 0;
  for (const { hooks, hook, attempt } of missed) {
    try {
      await hooks.sendAgain(hook, attempt);
      sent += 1;
    } catch (error) {
      if (!(error instanceof Upstream)) throw error;
      say(session.stderr, plain(error.message));
    }
  }
  return sent;
};

const webhooks = (count: number): string => `${count} webhook${count === 1 ? '' : 's'}`;

/** Says which webhooks GitHub did not get through, asks, and has them sent again, each once. Gives the exit code. */
export const reconcile = async (
  repositories: readonly GithubRepository[],
  wanted: Reconciling,
  session: Session,
  open: (repository: GithubRepository) => Hooks,
): Promise<number> => {
  const { dryRun, yes } = wanted;
  const now = Date.now();
  const { missed, unseen } = await look(repositories, wanted, { session, open, now });
  say(session.stdout, ...missed.map((one) => lineOf(one, now)));
  if (missed.length === 0) {
    const seen = repositories.length - unseen;
    if (seen > 0)
      say(session.stdout, `Nothing that GitHub sent from ${seen} of ${repositories.length} repositories is missing.`);
    return unseen > 0 ? 1 : 0;
  }
  if (dryRun) {
    say(session.stdout, `${webhooks(missed.length)} would be sent again. Nothing was done.`);
    return unseen > 0 ? 1 : 0;
  }
  if (!yes && !(await confirm(`Have GitHub send ${webhooks(missed.length)} again?`, session))) {
    say(session.stdout, 'Nothing was done.');
    return 1;
  }
  const sent = await sendAll(missed, session);
  say(session.stdout, `GitHub sends ${webhooks(sent)} of ${missed.length} again.`);
  return sent === missed.length && unseen === 0 ? 0 : 1;
};
