import { createHash } from 'node:crypto';
import type { Intent } from '#shared/gitops/intent.ts';

export const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export const repositoryOf = (service: string): string => `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${service}`;

/** The nth image of a service, pushed at the nth minute. */
export const intentOf = (tag: string, minute: number, changes: Partial<Intent> = {}): Intent => {
  const { service = 'checkout', environment = 'staging', target = 'app' } = changes;
  return {
    event: `event-${service}-${environment}-${target}-${tag}-${changes.reason ?? 'published'}`,
    time: new Date(Date.UTC(2026, 0, 1, 1, minute)).toISOString(),
    chain: `chain-${tag}`,
    service,
    environment,
    target,
    image: { repository: repositoryOf(service), tag, digest: digest(`${service} ${tag}`) },
    order: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    reason: 'published',
    mode: 'write',
    pin: false,
    edits: [{ path: `apps/${service}/overlays/${environment}` }],
    commit: createHash('sha1').update(tag).digest('hex'),
    actor: 'octocat',
    ...changes,
  };
};

export const kustomization = (service: string, tag: string): string =>
  [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    `# ${service}: what runs here`,
    'resources: [../../base]',
    'images:',
    `  - name: ${repositoryOf(service)}   # the image`,
    `    newTag: ${tag} # its tag`,
    '',
  ].join('\n');
