import type { Config } from '#shared/config/config.ts';
import { type ConfigFile, describeProblem, InvalidConfig, parseConfig } from '#shared/config/parse.ts';

export const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

/** A platform file that is right. */
export const platform = {
  gitops: {
    main: { repository: 'https://github.com/acme/gitops.git' },
    edge: { repository: 'git@github.com:acme/edge.git', branch: 'deploy', knownHosts: [`github.com ${hostKey}`] },
  },
  argocd: { eu: { url: 'https://argocd.eu.acme.example' }, us: { url: 'https://argocd.us.acme.example' } },
  teams: { pay: { slack: '#pay' } },
  defaults: { gitops: 'main', argocd: 'eu' },
  include: ['services/*.yaml'],
};

export const staging = { path: 'apps/checkout/overlays/staging', applications: ['checkout-staging'] };

/** A service that is right, on that platform. */
export const service = {
  team: 'pay',
  images: { app: 'registry.example/checkout' },
  environments: { staging },
};

export const parse = (
  services: readonly ConfigFile[],
  { stage = 'dev', of = platform }: { stage?: string; of?: unknown } = {},
) => parseConfig({ version: 'abc', platform: { file: 'fairlead.yaml', content: of }, services }, stage);

/** The configuration with one service, `checkout`. */
export const parseOne = (content: unknown, options?: Parameters<typeof parse>[1]): Config =>
  parse([{ file: 'services/checkout.yaml', content: { checkout: content } }], options);

/** What is wrong with the services, a line each. */
export const problemsOf = ({ disabled }: Config): string[] =>
  disabled.flatMap(({ problems }) => problems.map(describeProblem));

/** The error of a configuration that is refused as a whole. */
export const invalid = (parsing: () => unknown): InvalidConfig => {
  try {
    parsing();
  } catch (error) {
    if (error instanceof InvalidConfig) return error;
    throw error;
  }
  throw new Error('was taken');
};
