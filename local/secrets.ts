import type { World } from './world/world.ts';

/** What the stand-ins and the functions have in common. Constants, so that the samples in events/samples fit them. */
export const secrets = {
  githubWebhook: "It's a Secret to Everybody",
  argocdWebhook: 'what-argocd-expects-of-github',
  argocdToken: 'what-fairlead-expects-of-argocd',
  argocdApi: 'local-argocd-api-token',
  gitops: 'local-gitops-token',
  slack: 'xoxb-local',
} as const;

/** The parameters that a user would put into SSM, by their paths below `/fairlead/<stage>/`. */
export const parametersOf = (world: World): Readonly<Record<string, string>> => ({
  'github/webhook-secret': secrets.githubWebhook,
  'slack/token': secrets.slack,
  ...Object.fromEntries(Object.keys(world.gitops).map((name) => [`gitops/${name}/token`, secrets.gitops])),
  ...Object.fromEntries(
    Object.keys(world.applications).flatMap((name) => [
      [`argocd/${name}/webhook-secret`, secrets.argocdWebhook],
      [`argocd/${name}/token`, secrets.argocdToken],
      [`argocd/${name}/api-token`, secrets.argocdApi],
    ]),
  ),
});
