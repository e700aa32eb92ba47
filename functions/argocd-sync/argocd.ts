import { createHmac } from 'node:crypto';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Push } from './push.ts';

/** The longest that Argo CD may take for an answer; it only queues the push. Milliseconds. */
const patience = 10_000;

export interface Instance {
  readonly name: string;
  readonly url: string;
}

export interface ArgoCd {
  /** Sends a push to an instance's `/api/webhook`. Throws `Upstream` that says what to do. */
  push(instance: Instance, push: Push, signal: AbortSignal): Promise<void>;
}

const webhookOf = ({ url }: Instance): string => `${url.replace(/\/+$/, '')}/api/webhook`;

const hmac = (algorithm: 'sha1' | 'sha256', secret: string, body: string): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

/** What a person can do about an answer. */
const advice = (status: number, instance: Instance, secret: string): string => {
  if (status === 400) {
    return `Its secret and ours seem to differ: webhook.github.secret in its argocd-secret must be the value of ${secret} in SSM.`;
  }
  if (status >= 300 && status < 400) return `Set argocd.${instance.name}.url to where it redirects to.`;
  if (status === 401 || status === 403 || status === 404) {
    return `Is argocd.${instance.name}.url Argo CD's own, with nothing in front that wants a login?`;
  }
  if (status === 413) return 'Raise webhook.maxPayloadSizeMB in its argocd-cm.';
  return 'It is asked again.';
};

/** `readSecret` reads from the parameters under `prefix`. Any failure is retried, and in the end waits to be sent again. */
export const createArgoCd = (readSecret: (path: string) => Promise<string>, prefix: string): ArgoCd => ({
  push: async (instance, push, signal) => {
    const path = `argocd/${instance.name}/webhook-secret`;
    const secret = await readSecret(path);
    const body = JSON.stringify(push);
    const response = await fetch(webhookOf(instance), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'fairlead',
        'x-github-event': 'push',
        'x-hub-signature-256': hmac('sha256', secret, body),
        'x-hub-signature': hmac('sha1', secret, body), // what Argo CD before 2.14 reads
      },
      body,
      redirect: 'manual', // a signed push goes where the configuration says, and nowhere else
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    }).catch((error: unknown) => {
      throw new Upstream(`Argo CD ${instance.name} did not answer at ${webhookOf(instance)}.`, { cause: error });
    });
    const said = (await response.text().catch(() => '')).trim().slice(0, 200);
    if (response.ok) return;
    const answer = `Argo CD ${instance.name} answered ${response.status}${said && ` (${said})`}.`;
    throw new Upstream(`${answer} ${advice(response.status, instance, `${prefix}/${path}`)}`);
  },
});
