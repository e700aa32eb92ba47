import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPush, refreshes } from '#local/standins/argocd/push.ts';

const secret = 's';
const sign = (body: Buffer) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const push = {
  ref: 'refs/heads/main',
  repository: { html_url: 'https://github.com/acme/gitops', default_branch: 'main' },
  commits: [{ added: ['a.yaml'], modified: ['apps/checkout/x.yaml'], removed: null }],
};
const read = (payload: unknown, headers: Record<string, string> = {}) => {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return readPush({ 'x-github-event': 'push', 'x-hub-signature-256': sign(body), ...headers }, body, secret);
};
const source: Parameters<typeof refreshes>[1] = {
  repoURL: 'https://github.com/acme/gitops',
  targetRevision: 'main',
  refreshPaths: [],
};
const isRefreshed = (application: Partial<typeof source>, payload: object = push) => {
  const parsed = read(payload);
  if (!parsed) throw new Error('a ping');
  return refreshes(parsed, { ...source, ...application });
};

describe("Argo CD's webhook", () => {
  test.each([
    ['https://github.com/acme/gitops.git', true],
    ['https://user@github.com:8443/ACME/gitops', true],
    ['git@github.com:acme/gitops.git', true],
    ['ssh://git@ssh.github.com:443/acme/gitops.git', true],
    ['https://github.com/acme/gitops-2', false],
    ['https://github.com/acme/gitops/', false],
    ['https://gitlab.com/acme/gitops', false],
    ['https://githubXcom/acme/gitops', false],
  ])('knows an application by its repository: %s', (repoURL, expected) => {
    expect(isRefreshed({ repoURL })).toBe(expected);
  });

  test.each([
    ['main', 'refs/heads/main', 'main', true],
    ['release', 'refs/heads/main', 'main', false],
    ['HEAD', 'refs/heads/main', 'main', true],
    ['', 'refs/heads/main', 'trunk', false],
    ['refs/heads/feature/x', 'refs/heads/feature/x', 'main', true],
    ['feature/x', 'refs/heads/feature/x', 'main', true],
    ['x', 'refs/heads/feature/x', 'main', false],
  ])('compares targetRevision %s with a push to %s (default %s)', (targetRevision, ref, default_branch, expected) => {
    const payload = { ...push, ref, repository: { ...push.repository, default_branch } };
    expect(isRefreshed({ targetRevision }, payload)).toBe(expected);
  });

  test.each([
    [['apps/checkout'], true],
    [['apps/ledger'], false],
    [['apps/check'], false],
    [['apps/*/x.yaml'], true],
    [['*/x.yaml'], false],
    [['apps/ledger', 'a.yaml'], true],
  ])('refreshes only what the changed files concern: %s', (refreshPaths, expected) => {
    expect(isRefreshed({ refreshPaths })).toBe(expected);
    expect(isRefreshed({ refreshPaths }, { ...push, commits: [] })).toBe(true);
  });

  test.each([
    [{ 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, 'HMAC verification failed'],
    [{ 'x-hub-signature-256': 'sha256=short' }, 'HMAC verification failed'],
    [{ 'x-github-event': 'issues' }, 'event not defined to be parsed'],
  ])('refuses in its own words: %o', (headers, message) => {
    expect(() => read(push, headers)).toThrow(message);
  });

  test('refuses what it cannot parse, and takes a ping', () => {
    expect(() => read('{')).toThrow('invalid character');
    expect(() => read({ ...push, ref: 7 })).toThrow('json: cannot unmarshal');
    expect(() => readPush({ 'x-github-event': 'push' }, Buffer.from('{}'), secret)).toThrow('missing X-Hub');
    expect(read({ zen: 'x' }, { 'x-github-event': 'ping' })).toBeUndefined();
  });
});
