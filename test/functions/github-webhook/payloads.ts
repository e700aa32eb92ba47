const repository = {
  id: 186853002,
  name: 'shop',
  full_name: 'acme/shop',
  html_url: 'https://github.com/acme/shop',
  clone_url: 'https://github.com/acme/shop.git',
  default_branch: 'main',
};

const sender = { login: 'octocat', id: 583231, type: 'User' };

export const head = '3f2a9c1d5e6b7f8091a2b3c4d5e6f708192a3b4c';
export const before = '9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c';
export const merge = 'c4295bd74fb0f4fda03689c3df3f2803b658fd85';
export const zeros = '0'.repeat(40);

export const commitOf = (id: string, paths: { added?: string[]; modified?: string[]; removed?: string[] }) => ({
  id,
  tree_id: id,
  distinct: true,
  message: 'Round half up\n\nAs the law says.',
  added: [],
  modified: [],
  removed: [],
  ...paths,
});

const commit = commitOf(head, { modified: ['apps/checkout/total.ts'] });

/** A push, with the fields that are read and some that are not. */
export const push = (changes: object = {}) => ({
  ref: 'refs/heads/main',
  before,
  after: head,
  created: false,
  deleted: false,
  forced: false,
  base_ref: null,
  compare: 'https://github.com/acme/shop/compare/9b8c7d6e5f4a...3f2a9c1d5e6b',
  repository: { ...repository, pushed_at: 1782896400 },
  pusher: { name: 'octocat', email: 'octocat@acme.dev' },
  sender,
  commits: [commit],
  head_commit: commit,
  ...changes,
});

export const ref = (changes: object = {}) => ({
  ref: 'feature/totals',
  ref_type: 'branch',
  master_branch: 'main',
  pusher_type: 'user',
  repository: { ...repository, pushed_at: '2026-07-01T09:00:00Z' },
  sender,
  ...changes,
});

const pullRequest = {
  id: 279147437,
  number: 2,
  title: 'Round half up',
  body: 'As the law says.',
  html_url: 'https://github.com/acme/shop/pull/2',
  draft: false,
  labels: [{ id: 1, name: 'bug' }],
  updated_at: '2026-07-01T09:00:00Z',
  head: { ref: 'totals', sha: head },
  base: { ref: 'main', sha: before },
  merged: false,
  merge_commit_sha: null,
};

export const change = (action: string, changes: object = {}, beside: object = {}) => ({
  action,
  number: 2,
  pull_request: { ...pullRequest, ...changes },
  repository,
  sender,
  ...beside,
});

export const review = (action: string, changes: object = {}) =>
  change(
    action,
    {},
    { review: { id: 237895671, state: 'approved', submitted_at: '2026-07-01T08:00:00Z', ...changes } },
  );

export const run = (action: string, changes: object = {}) => ({
  action,
  workflow_run: {
    id: 1589141559,
    run_attempt: 2,
    workflow_id: 16340987,
    name: 'test',
    html_url: 'https://github.com/acme/shop/actions/runs/1589141559',
    head_sha: head,
    conclusion: null,
    created_at: '2026-07-01T08:00:00Z',
    run_started_at: '2026-07-01T09:00:00Z',
    updated_at: '2026-07-01T09:01:00Z',
    ...changes,
  },
  repository,
  sender,
});

export const job = (action: string, changes: object = {}) => ({
  action,
  workflow_job: {
    id: 2832853555,
    run_id: 1589141559,
    run_attempt: 2,
    name: 'unit tests',
    html_url: 'https://github.com/acme/shop/actions/runs/1589141559/job/2832853555',
    head_sha: head,
    conclusion: null,
    started_at: '2026-07-01T09:00:10Z',
    completed_at: null,
    ...changes,
  },
  repository,
  sender,
});
