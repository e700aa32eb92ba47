import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised, unknown } = findingsIn('github');

/** A repository's webhook, as GitHub has it. */
export interface Hook {
  readonly active: boolean;
  readonly url: string;
  readonly events: readonly string[];
  /** The status of the last delivery's answer, if there was one. */
  readonly lastStatus?: number | undefined;
}

/** What a repository is there for: what is built, or what is deployed by pull requests. */
export interface Told {
  readonly name: string;
  readonly events: readonly string[];
}

const byHand = ({ name, events }: Told, url: string): string =>
  `In ${name} (or its organization, or your GitHub App): Settings, Webhooks: payload URL ${url}, content type application/json, the secret github/webhook-secret, events ${events.join(', ')}.`;

/** Without a token: how to look. */
export const untoldHook = (told: Told, url: string): Finding[] => [
  unknown(
    `whether ${told.name} tells Fairlead can't be seen without a token (GITHUB_TOKEN, which may read webhooks)`,
    byHand(told, url),
  ),
];

/** `hooks` is undefined where the token may not see them. */
export const judgeHooks = (told: Told, url: string, hooks: readonly Hook[] | undefined): Finding[] => {
  if (hooks === undefined)
    return [
      unknown(`GITHUB_TOKEN may not see the webhooks of ${told.name} (it wants admin:repo_hook)`, byHand(told, url)),
    ];
  const hook = hooks.find((one) => one.url === url);
  if (hook === undefined)
    return [
      advised(
        `${told.name} has no webhook to ${url} of its own`,
        `${byHand(told, url)} Of an organization or an App it can't be seen here.`,
      ),
    ];
  if (!hook.active) return [missing(`the webhook of ${told.name} is switched off`, byHand(told, url))];
  const lacking = hook.events.includes('*') ? [] : told.events.filter((event) => !hook.events.includes(event));
  if (lacking.length > 0)
    return [missing(`the webhook of ${told.name} does not tell of ${lacking.join(', ')}`, byHand(told, url))];
  if (hook.lastStatus !== undefined && hook.lastStatus >= 400)
    return [
      missing(
        `the last delivery from ${told.name} was answered ${hook.lastStatus}`,
        hook.lastStatus === 401
          ? 'Its secret is not that of github/webhook-secret: set it in the webhook, and redeliver.'
          : 'Look at Recent Deliveries of the webhook, and redeliver.',
      ),
    ];
  return [ok(`${told.name} tells Fairlead of ${told.events.join(', ')}`)];
};
