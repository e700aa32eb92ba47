import type { Config } from '#shared/config/config.ts';
import { parseConfig } from '#shared/config/parse.ts';

const platform = {
  gitops: { main: { repository: 'https://github.com/acme/gitops.git' } },
  argocd: { eu: { url: 'https://argocd.eu.acme.example' } },
  teams: { pay: { slack: '#pay' }, web: { slack: '#web' } },
  defaults: { gitops: 'main', argocd: 'eu', mode: 'write' },
};

/** The configuration of these services, as their teams would write them. What is wrong of them is switched off. */
export const configured = (
  services: Readonly<Record<string, unknown>>,
  changes: Partial<typeof platform> = {},
): Config =>
  parseConfig(
    {
      version: 'test',
      platform: { file: 'fairlead.yaml', content: { ...platform, ...changes } },
      services: [{ file: 'services.yaml', content: services }],
    },
    'dev',
  );
