import { describe, expect, test } from 'vitest';
import { findApplications } from '#commands/plan/argocd/applications.ts';
import { createDeploying } from '#commands/plan/argocd/deploying.ts';
import { readKustomizations } from '#commands/plan/kustomizations.ts';
import { snapshotOf } from './layouts.ts';

const gitops = 'https://github.com/acme/gitops.git';

const set = (generators: string, template: string, more = ''): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: set }
spec:
  ${more}
  generators: ${generators}
  template: ${template}
`;

const named = (name: string, path: string): string =>
  `{ metadata: { name: "${name}" }, spec: { source: { repoURL: "${gitops}", path: "${path}" } } }`;

const files = {
  'apps/checkout/staging/kustomization.yaml': 'resources: [../base]\n',
  'apps/checkout/production/kustomization.yaml': 'resources: [../base]\n',
  'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'apps/checkout/base/deployment.yaml': 'kind: Deployment\n',
  'apps/ledger/staging/config.json': '{ "name": "ledger", "where": { "region": "eu" } }',
  'apps/ledger/staging/deployment.yaml': 'kind: Deployment\n',
  'apps/ledger/staging/deep/deployment.yaml': 'kind: Deployment\n',
};

const applicationsIn = (manifest: string, more: Readonly<Record<string, string>> = {}, url?: string) => {
  const snapshot = snapshotOf({ ...files, ...more, 'argocd/set.yaml': manifest });
  const { applications } = findApplications(snapshot);
  return createDeploying(applications, { name: 'main', url, snapshot }, readKustomizations(snapshot));
};

const namesIn = (manifest: string): string[] => applicationsIn(manifest).applications.map(({ name }) => name);

describe('an ApplicationSet', () => {
  test.each([
    ['a list', '[{ list: { elements: [{ env: staging }, { env: prod }] } }]', '{{env}}-x', ['staging-x', 'prod-x']],
    [
      'folders',
      '[{ git: { directories: [{ path: "apps/*/*" }, { path: "apps/*/base", exclude: true }] } }]',
      '{{path[1]}}-{{path.basename}}',
      ['checkout-staging', 'checkout-production', 'ledger-staging'],
    ],
    [
      'files',
      '[{ git: { files: [{ path: "apps/**/config.json" }] } }]',
      '{{name}}-{{where.region}}-{{path.basename}}',
      ['ledger-eu-staging'],
    ],
    [
      'a product',
      '[{ matrix: { generators: [{ list: { elements: [{ a: x }, { a: y }] } }, { list: { elements: [{ b: "1-{{a}}" }] } }] } }]',
      '{{a}}-{{b}}',
      ['x-1-x', 'y-1-y'],
    ],
    ['a cluster, which only it knows', '[{ clusters: {} }]', '{{name}}-x', ['{{name}}-x']],
  ])('makes applications of %s', (_, generators, name, expected) => {
    expect(namesIn(set(generators, named(name, 'apps')))).toEqual(expected);
  });

  test('with Go templates takes segments and functions, and leaves what it can’t tell', () => {
    const generators = '[{ git: { directories: [{ path: "apps/ledger/*" }] } }]';
    const name = '{{ index .path.segments 1 }}-{{ .path.basename | lower }}-{{ .unknown | default 1 }}';
    expect(namesIn(set(generators, named(name, '{{ .path.path }}'), 'goTemplate: true'))).toEqual([
      'ledger-staging-{{ .unknown | default 1 }}',
    ]);
  });
});

const application = (name: string, source: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name} }
spec: { source: ${source} }
`;

describe('an application', () => {
  const deploys = (source: string, file: string, url?: string): boolean =>
    applicationsIn(application('one', source), {}, url).applicationsOf({ file, line: 1 }).length > 0;

  test('deploys what its kustomization takes, from wherever', () => {
    const source = `{ repoURL: "${gitops}", path: apps/checkout/staging }`;
    expect(deploys(source, 'apps/checkout/base/deployment.yaml')).toBe(true);
    expect(deploys(source, 'apps/checkout/production/kustomization.yaml')).toBe(false);
  });

  test('deploys a plain folder’s own files, and those below where it says so', () => {
    const source = (more: string) => `{ repoURL: "${gitops}", path: ./apps/ledger/staging/${more} }`;
    expect(deploys(source(''), 'apps/ledger/staging/deployment.yaml')).toBe(true);
    expect(deploys(source(''), 'apps/ledger/staging/deep/deployment.yaml')).toBe(false);
    expect(deploys(source(', directory: { recurse: true }'), 'apps/ledger/staging/deep/deployment.yaml')).toBe(true);
  });

  test('of another repository deploys nothing of this one', () => {
    const source = '{ repoURL: "https://github.com/acme/other", path: apps/ledger/staging }';
    expect(deploys(source, 'apps/ledger/staging/deployment.yaml', gitops)).toBe(false);
    expect(deploys(source, 'apps/ledger/staging/deployment.yaml', 'git@github.com:acme/other.git')).toBe(true);
  });

  test('that leads out of the repository, or says nothing sensible, does no harm', () => {
    expect(deploys(`{ repoURL: "${gitops}", path: ../../etc }`, 'apps/ledger/staging/deployment.yaml')).toBe(false);
    expect(deploys('{ repoURL: 7, path: [x] }', 'apps/ledger/staging/deployment.yaml')).toBe(false);
  });

  test('in one file with another is the one in whose document a line stands', () => {
    const source = `{ repoURL: "${gitops}", path: nowhere }`;
    const manifest = `${application('one', source)}---\n${application('two', source)}`;
    const { applicationsOf } = applicationsIn(manifest);
    expect(applicationsOf({ file: 'argocd/set.yaml', line: 3 }).map(({ name }) => name)).toEqual(['one']);
    expect(applicationsOf({ file: 'argocd/set.yaml', line: 8 }).map(({ name }) => name)).toEqual(['two']);
  });
});
