import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isSameRepository, pathFrom } from '#commands/plan/repository.ts';
import { environmentOf } from '#commands/plan/start/environment-name.ts';
import { createForeign } from '#commands/plan/start/own-images.ts';
import { guessTags } from '#commands/plan/start/tag-policy.ts';
import { scalar } from '#commands/plan/start/yaml-text.ts';

test.each([
  ['apps/checkout/overlays/staging/kustomization.yaml', 'staging'],
  ['overlays/eu-central-1/kustomization.yaml', 'eu-central-1'],
  ['apps/checkout/production/deployment.yaml', 'production'],
  ['production/checkout/deployment.yaml', 'production'],
  ['charts/checkout/values-prod.yaml', 'prod'],
  ['charts/checkout/values.prod-eu.yaml', 'prod-eu'],
  ['charts/checkout/staging-values.yaml', 'staging'],
  ['charts/checkout/environments/qa.yaml', 'qa'],
  ['clusters/prod/us/checkout/values.yaml', 'prod'],
  ['clusters/eu-1/checkout/values.yaml', 'eu-1'],
  ['argocd/checkout-staging.yaml', 'staging'],
  ['envs/integration-gpu/version.yml', 'integration-gpu'],
  ['apps/load-balancer/staging/values.yaml', 'staging'],
  ['Apps/Checkout/PROD/values.yaml', 'prod'],
])('%s is of the environment %s', (file, name) => {
  expect(environmentOf(file, 'checkout')).toEqual({ name, guessed: false });
});

test.each(['checkout/deployment.yaml', 'values.yaml', 'apps/base/deployment.yaml', 'apps/test-api/values.yaml'])(
  '%s does not tell its environment',
  (file) => {
    expect(environmentOf(file, file.includes('test-api') ? 'test-api' : 'checkout').guessed).toBe(true);
  },
);

test.each([
  [['main-3da1eb4', 'main-99aa0011ff'], { pattern: '^main-(?<commit>[0-9a-f]{7,40})$' }],
  [['3da1eb4d9c0a8f7e6b5a4c3d2e1f0a9b8c7d6e5f'], { pattern: '^(?<commit>[0-9a-f]{7,40})$' }],
  [['release-20260131-3da1eb4'], { pattern: '^release-[0-9]+-(?<commit>[0-9a-f]{7,40})$' }],
  [['1.4.2', '1.5.0'], { semver: '>=1.0.0 <2' }],
  [['v2.0.0-rc.1'], { semver: '>=2.0.0-0 <3' }],
  [['build-210'], { pattern: '^build-[0-9]+$' }],
  [['2026.01.31-4'], { pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+-[0-9]+$' }],
  [['1234567'], { pattern: '^[0-9]+$' }],
  [['latest'], undefined],
  [['stable', 'main-3da1eb4'], undefined],
  [['1.4.2', '2.0.0'], undefined],
  [[], undefined],
])('the tags %j want %j', (tags, policy) => {
  expect(guessTags(tags)).toEqual(policy);
});

test('a guessed pattern matches the tags that it was guessed from', () => {
  for (const tag of ['a.b+c', 'x_(1)', 'main-3da1eb4.2', 'v1', '1.2.3.4', '00-deadbeef-00']) {
    const policy = guessTags([tag]);
    if (policy && 'pattern' in policy) expect(tag).toMatch(new RegExp(policy.pattern));
  }
});

test('where some images are in ECR, all others are somebody else’s', () => {
  const ecr = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout';
  const isForeign = createForeign([ecr, 'ghcr.io/acme/checkout']);
  expect(isForeign(ecr)).toBeUndefined();
  expect(isForeign('ghcr.io/acme/checkout')).toBe('is not in ECR, as others here are');
  const without = createForeign(['ghcr.io/acme/checkout']);
  expect(without('ghcr.io/acme/checkout')).toBeUndefined();
  expect(without('registry.k8s.io/pause')).toBe('is in a public registry');
  expect(without('redis')).toBe('has no registry in its name');
});

test.each([
  ['https://github.com/acme/gitops.git', 'git@github.com:acme/gitops.git', true],
  ['https://github.com/acme/gitops', 'ssh://git@github.com/Acme/gitops.git', true],
  ['https://x:y@github.com/acme/gitops/', 'https://github.com/acme/gitops', true],
  ['https://github.com/acme/gitops', 'https://github.com/acme/gitops-2', false],
])('%s and %s: the same repository? %j', (one, other, same) => {
  expect(isSameRepository(one, other)).toBe(same);
});

test.each([
  ['a/b', '../c', 'a/c'],
  ['a/b', './c/', 'a/b/c'],
  ['a', '../..', undefined],
  ['a', '/c', 'c'],
  ['', '.', ''],
])('from %j, %j is %j', (folder, path, found) => {
  expect(pathFrom(folder, path)).toBe(found);
});

test.each([
  'plain',
  '1.20',
  'on',
  '#x',
  'a: b',
  'a\\.b',
  `'"`,
  '\u001b[31m',
  '\u202e',
  'é',
  ' x ',
  '',
  'a,b',
  '[0]',
  '!x',
  '-',
  '0x1f',
])('YAML reads %j as it was', (text) => {
  expect(parse(`{ key: ${scalar(text)} }`)).toEqual({ key: text });
  expect(parse(`${scalar(text)}: 1`)).toEqual({ [text]: 1 });
  expect(scalar(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
