import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised, unknown } = findingsIn('argocd');

interface Instance {
  readonly name: string;
  readonly url: string;
}

/** What `/api/webhook` answers to a signed ping, in which there is nothing to do. */
export const judgePing = ({ name, url }: Instance, prefix: string, status: number): Finding[] => {
  if (status >= 200 && status < 300)
    return [ok(`Argo CD ${name} takes what is signed with argocd/${name}/webhook-secret`)];
  const says = `Argo CD ${name} answers ${status} to a signed ping at ${url}`;
  if (status === 400)
    return [
      missing(
        says,
        `webhook.github.secret in its argocd-secret must be the value of ${prefix}/argocd/${name}/webhook-secret.`,
      ),
    ];
  if (status >= 300 && status < 400) return [missing(says, `Set argocd.${name}.url to where it redirects to.`)];
  return [missing(says, `Is argocd.${name}.url Argo CD's own, with nothing in front that wants a login?`)];
};

/** An application as Argo CD's API has it. */
export interface SeenApplication {
  readonly automated: boolean;
  readonly subscribed: boolean;
  readonly targetRevisions: readonly string[];
}

interface Expected {
  readonly instance: string;
  readonly name: string;
  /** The branch that Fairlead writes. */
  readonly branch: string;
}

const subscribe = 'notifications.argoproj.io/subscribe.fairlead';

/** Without an API token: how to look. */
export const untoldApplications = ({ name }: Instance, prefix: string, applications: readonly string[]): Finding[] => [
  unknown(
    `whether ${applications.join(', ')} of Argo CD ${name} exist, sync by themselves and notify can't be seen without a token of its API`,
    `Look: argocd app get <application>, or kubectl -n argocd get applications ${applications.join(' ')} -o yaml (spec.syncPolicy.automated, and the annotation ${subscribe}).\nOr set a token of an account that may get applications: aws ssm put-parameter --type SecureString --name ${prefix}/argocd/${name}/api-token --value …`,
  ),
];

/** `seen` is undefined where there is no such application. */
export const judgeApplication = (
  { instance, name, branch }: Expected,
  seen: SeenApplication | undefined,
): Finding[] => {
  if (seen === undefined)
    return [
      missing(
        `Argo CD ${instance} has no application ${name}, or its token may not see it`,
        `Correct the environment's applications, or make it. argocd app list shows what there is.`,
      ),
    ];
  const follows = seen.targetRevisions.some((one) => [branch, 'HEAD', '', `refs/heads/${branch}`].includes(one));
  const findings = [
    ...(seen.automated
      ? []
      : [
          missing(
            `${instance}/${name} does not sync by itself: a commit changes nothing`,
            `argocd app set ${name} --sync-policy automated`,
          ),
        ]),
    ...(follows
      ? []
      : [
          missing(
            `${instance}/${name} follows ${seen.targetRevisions.join(', ')}, and Fairlead writes ${branch}`,
            'Make its targetRevision and the branch under gitops the same.',
          ),
        ]),
    ...(seen.subscribed
      ? []
      : [
          advised(
            `${instance}/${name} has not the annotation ${subscribe}; its project may have it`,
            `kubectl -n argocd annotate application ${name} ${subscribe}="" (or the project: deploy/argocd/README.md)`,
          ),
        ]),
  ];
  return findings.length > 0 ? findings : [ok(`${instance}/${name} syncs by itself, from ${branch}, and notifies`)];
};

/** The ConfigMap can't be seen from outside the cluster. */
export const untoldNotifications = ({ name }: Instance): Finding[] => [
  unknown(
    `whether the notifications of Argo CD ${name} are installed can't be seen from here`,
    `kubectl -n argocd get configmap argocd-notifications-cm -o yaml | grep fairlead; deploy/argocd/README.md installs them.`,
  ),
];
