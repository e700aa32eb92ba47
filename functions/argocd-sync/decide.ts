import type { EventOf } from '#events/event.ts';
import { type imageCommitted, syncRequested } from '#events/images.ts';
import { type Config, environmentOf } from '#shared/config/config.ts';
import { type Push, pushOf } from './push.ts';

type Commit = EventOf<typeof imageCommitted>;

/** One Argo CD instance that serves the environment, and what it is told. */
export interface Request {
  readonly argocd: { readonly name: string; readonly url: string };
  /** Each as `<argocd>/<name>`. */
  readonly applications: readonly string[];
  readonly push: Push;
}

const instanceOf = (application: string): string => application.slice(0, application.indexOf('/'));

/** Whom a commit is told to, or why nobody. */
export const decide = (commit: Commit, config: Config): readonly Request[] | string => {
  const { service, environment: place, gitops } = commit.data.subject.content;
  const environment = environmentOf(config, { service: service.id, environment: place.id });
  if (!environment) return `${service.id} has no environment ${place.id} in configuration ${config.version}`;
  if (environment.applications.length === 0) return `no application of Argo CD serves ${service.id} in ${place.id}`;
  const repository = config.gitops[gitops.name];
  if (!repository) return `the GitOps repository ${gitops.name} is not in configuration ${config.version}`;

  const push = pushOf(commit, repository);
  return [...Map.groupBy(environment.applications, instanceOf)].flatMap(([name, applications]) => {
    const argocd = config.argocd[name];
    return argocd ? [{ argocd, applications, push }] : [];
  });
};

/** Argo CD took the push. */
export const requested = (commit: Commit, { argocd, applications }: Request) => {
  const { service, environment, gitops } = commit.data.subject.content;
  return syncRequested.causedBy(commit, {
    by: 'argocd-sync',
    target: argocd.name,
    subject: { id: `${service.id}/${environment.id}` },
    content: { service, environment, argocd: argocd.name, applications: [...applications], revision: gitops.revision },
    custom: {},
  });
};
