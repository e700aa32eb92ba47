import type { Config } from '#shared/config/config.ts';
import { type Check, check } from '../checks.ts';
import { judgeApplication, judgePing, untoldApplications, untoldNotifications } from '../judge/argocd.ts';
import { apiTokenOf } from '../judge/secrets.ts';
import { lookAtApplication } from '../look/argocd.ts';
import { sendPing, signedPing } from '../look/webhook.ts';
import type { Known } from '../world.ts';

interface Deployed {
  readonly name: string;
  readonly branch: string;
}

/** The applications of an instance, each once, with the branch that Fairlead writes for it. */
const applicationsOf = (instance: string, { services, gitops }: Config): Deployed[] => {
  const found = new Map<string, Deployed>();
  for (const environment of services.flatMap(({ environments }) => environments))
    for (const application of environment.applications) {
      const [own, name = ''] = application.split('/');
      const branch = gitops[environment.gitops]?.branch ?? 'main';
      if (own === instance) found.set(name, { name, branch });
    }
  return [...found.values()];
};

const instanceChecks = (instance: Config['argocd'][string], { present, prefix, stored }: Known): Check[] => {
  const { name, url } = instance;
  const secret = stored?.get(`argocd/${name}/webhook-secret`)?.value;
  const token = stored?.get(apiTokenOf(name))?.value;
  const applications = applicationsOf(name, present.config);
  const names = applications.map((one) => one.name);
  return [
    ...(secret === undefined
      ? []
      : [
          check(
            'argocd',
            `Argo CD ${name} at ${url} (a private one is reached from its network only)`,
            (signal) => sendPing(`${url.replace(/\/+$/, '')}/api/webhook`, signedPing(secret), signal),
            (status) => judgePing(instance, prefix, status),
          ),
        ]),
    ...(token === undefined
      ? [
          check(
            'argocd',
            `Argo CD ${name}`,
            async () => undefined,
            () => untoldApplications(instance, prefix, names),
          ),
        ]
      : applications.map((application) =>
          check(
            'argocd',
            `the application ${name}/${application.name}`,
            (signal) => lookAtApplication(url, application.name, token, signal),
            (seen) => judgeApplication({ instance: name, ...application }, seen),
          ),
        )),
    check(
      'argocd',
      `Argo CD ${name}`,
      async () => undefined,
      () => untoldNotifications(instance),
    ),
  ];
};

/** The instances of Argo CD, and the applications that the environments name. */
export const argocdChecks = (known: Known): Check[] =>
  Object.values(known.present.config.argocd).flatMap((instance) => instanceChecks(instance, known));
