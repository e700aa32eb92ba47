import { createHash, randomUUID } from 'node:crypto';
import { chainOf } from '#events/identity.ts';
import { branchPushed } from '#events/source-control.ts';
import type { Push } from '#functions/ecr-events/decide.ts';

export const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout';
export const url = 'https://github.com/acme/shop';

/** A commit, a digest: any, but always the same for the same name. */
export const commitNamed = (name: string): string => createHash('sha1').update(name).digest('hex');
export const digestNamed = (name: string): string => `sha256:${createHash('sha256').update(name).digest('hex')}`;

export const pushOf = (commit: string, pushedAt: string, branch = 'main', source = url): Push =>
  branchPushed.reported({
    by: 'github-webhook',
    identity: [source, branch, commit, pushedAt],
    chain: chainOf(source, commit),
    time: pushedAt,
    subject: { id: `acme/shop@${branch}`, source },
    content: { repository: { id: 'acme/shop', source }, branch, commit, pushedAt },
    custom: {
      actor: { name: 'octocat', by: 'github' },
      paths: { changed: [], truncated: true },
      message: 'Take cards',
      url: source,
    },
  });

/** ECR's event as EventBridge hands it over. */
export const imageActionEvent = (
  detail: Readonly<Record<string, unknown>> = {},
  envelope: Readonly<Record<string, unknown>> = {},
) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  account: '111122223333',
  time: '2026-11-23T09:31:14Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'checkout',
    'image-digest': digestNamed('image'),
    'action-type': 'PUSH',
    'image-tag': 'latest',
    ...detail,
  },
  ...envelope,
});

/** A service whose images are in this repository and whose tags carry a commit, as its team would write it. */
export const service = (changes: Readonly<Record<string, unknown>> = {}) => ({
  team: 'pay',
  source: { repository: url },
  images: { app: repository },
  environments: {
    staging: {
      path: 'apps/staging',
      applications: ['staging'],
      tags: { pattern: '^main-(?<commit>[0-9a-f]{7,40})$' },
    },
  },
  ...changes,
});
