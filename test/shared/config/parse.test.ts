import { describe, expect, test } from 'vitest';
import { environmentOf } from '#shared/config/config.ts';
import { parse, parseOne, platform, problemsOf, service, staging } from './fixture.ts';

describe('a configuration that is right', () => {
  test('gets every default, and applications the name of their Argo CD', () => {
    const config = parseOne({
      ...service,
      environments: {
        staging,
        production: {
          mode: 'write',
          gitops: 'edge',
          edits: [{ file: 'platform/values.yaml', key: 'checkout.image', image: 'app' }],
          applications: ['eu/platform', 'us/platform'],
          tags: { semver: '>=1.0.0' },
          pin: true,
          rollback: 'auto',
        },
      },
    });
    expect(config.disabled).toEqual([]);
    expect(config.version).toBe('abc');
    expect(config.gitops.main).toEqual({
      name: 'main',
      repository: 'https://github.com/acme/gitops.git',
      branch: 'main',
    });
    const [{ environments }] = [config.services[0]!];
    expect(environments).toEqual([
      {
        service: 'checkout',
        team: 'pay',
        name: 'staging',
        mode: 'observe',
        gitops: 'main',
        edits: [{ path: 'apps/checkout/overlays/staging' }],
        applications: ['eu/checkout-staging'],
        tags: undefined,
        pin: false,
        smoke: [],
        rollback: 'off',
        strategy: 'push',
      },
      {
        service: 'checkout',
        team: 'pay',
        name: 'production',
        mode: 'write',
        gitops: 'edge',
        edits: [{ file: 'platform/values.yaml', key: 'checkout.image', image: 'app' }],
        applications: ['eu/platform', 'us/platform'],
        tags: { semver: '>=1.0.0' },
        pin: true,
        smoke: [],
        rollback: 'auto',
        strategy: 'push',
      },
    ]);
    expect(environmentOf(config, { service: 'checkout', environment: 'production' })?.mode).toBe('write');
    expect(environmentOf(config, { service: 'checkout', environment: 'qa' })).toBe(undefined);
    expect(environmentOf(config, {})).toBe(undefined);
  });

  test('takes the platform’s defaults where an environment has no word of its own', () => {
    const of = { ...platform, defaults: { ...platform.defaults, mode: 'write', rollback: 'ask' } };
    const [{ environments }] = [parseOne(service, { of }).services[0]!];
    expect(environments[0]).toMatchObject({ mode: 'write', rollback: 'ask' });
  });

  test('takes several services from a file, and a branch of a source that is main if not given', () => {
    const content = {
      checkout: { ...service, source: { repository: 'https://github.com/acme/shop' } },
      ledger: service,
    };
    const { services } = parse([{ file: 'services/all.yaml', content }]);
    expect(services.map(({ name }) => name)).toEqual(['checkout', 'ledger']);
    expect(services[0]?.source).toEqual({ repository: 'https://github.com/acme/shop', branch: 'main', paths: [] });
  });

  test('acts in a stage on the environments of this stage, and on those that name none', () => {
    const environments = { qa: { ...staging, stage: 'dev' }, production: { ...staging, stage: 'prod' }, staging };
    const names = (stage: string) =>
      parseOne({ ...service, environments }, { stage }).services[0]?.environments.map(({ name }) => name);
    expect(names('dev')).toEqual(['qa', 'staging']);
    expect(names('prod')).toEqual(['production', 'staging']);
  });

  test.each(['a', 'eu-west-1', '0', 'a'.repeat(63), 'constructor'])('may name an environment %s', (name) => {
    const config = parseOne({ ...service, environments: { [name]: staging } });
    expect(problemsOf(config)).toEqual([]);
    expect(config.services[0]?.environments.map((environment) => environment.name)).toEqual([name]);
  });
});
