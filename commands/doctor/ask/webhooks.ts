import { type Check, check } from '../checks.ts';
import { judgeEndpoint } from '../judge/webhooks.ts';
import { lookAtArgocdWebhook, lookAtGithubWebhook } from '../look/webhook.ts';
import type { Known } from '../world.ts';

/** A signed ping is answered 202, and nothing is done about it. */
const taken = 202;
/** An empty notification is refused once its token is taken. */
const empty = 400;

/** Our own endpoints, as their senders reach them. */
export const webhookChecks = ({ api, present, prefix, stored }: Known): Check[] => {
  if (api === undefined) return [];
  const base = api.replace(/\/+$/, '');
  const github = { url: `${base}/webhooks/github`, secret: `${prefix}/github/webhook-secret`, expected: taken };
  return [
    check(
      'webhooks',
      github.url,
      (signal) => lookAtGithubWebhook(github.url, stored?.get('github/webhook-secret')?.value, signal),
      (answers) => judgeEndpoint(github, answers),
    ),
    ...Object.keys(present.config.argocd).map((name) => {
      const path = `argocd/${name}/token`;
      const endpoint = { url: `${base}/webhooks/argocd/${name}`, secret: `${prefix}/${path}`, expected: empty };
      return check(
        'webhooks',
        endpoint.url,
        (signal) => lookAtArgocdWebhook(endpoint.url, stored?.get(path)?.value, signal),
        (answers) => judgeEndpoint(endpoint, answers),
      );
    }),
  ];
};
