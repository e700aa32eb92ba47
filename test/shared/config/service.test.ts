import { describe, expect, test } from 'vitest';
import { parse, parseOne, platform, problemsOf, service, staging } from './fixture.ts';

describe('a service that is wrong', () => {
  test('is switched off alone, with all of its problems', () => {
    const config = parse([
      {
        file: 'services/a.yaml',
        content: {
          checkout: {
            ...service,
            team: 'nobody',
            environments: { staging: { ...staging, gitops: 'x', applications: ['asia/x'] } },
          },
          ledger: service,
        },
      },
    ]);
    expect(config.services.map(({ name }) => name)).toEqual(['ledger']);
    expect(problemsOf(config)).toEqual([
      'services/a.yaml: checkout.team: "nobody" is not under teams of the platform file',
      'services/a.yaml: checkout.environments.staging.gitops: "x" is not under gitops of the platform file',
      'services/a.yaml: checkout.environments.staging.applications: "asia" is not under argocd of the platform file',
    ]);
  });

  test('still tells whom it concerns, as far as it can be read', () => {
    const source = { repository: 'https://github.com/acme/shop' };
    const { disabled } = parseOne({ ...service, source, environments: { Staging: staging } });
    expect(disabled).toMatchObject([
      {
        name: 'checkout',
        team: 'pay',
        sources: ['https://github.com/acme/shop'],
        images: ['registry.example/checkout'],
      },
    ]);
    expect(parseOne('text').disabled).toMatchObject([{ name: 'checkout', sources: [], images: [] }]);
    expect(parseOne({ ...service, team: 1, images: 'x', source: 2 }).disabled[0]).toMatchObject({
      sources: [],
      images: [],
    });
  });

  test('does not switch off its neighbours by a name that cannot be one, and can be blamed for no event', () => {
    const config = parse([{ file: 'services/a.yaml', content: { Checkout_1: service, ledger: service } }]);
    expect(config.services.map(({ name }) => name)).toEqual(['ledger']);
    expect(config.disabled).toMatchObject([{ name: 'Checkout_1', sources: [], images: [] }]);
    expect(problemsOf(config)).toEqual([
      'services/a.yaml: Checkout_1: wants lower-case letters, digits and dashes, 63 at most',
    ]);
  });

  test('is the second of two with one name: the first stays', () => {
    const config = parse([
      { file: 'services/a.yaml', content: { checkout: service } },
      { file: 'services/b.yaml', content: { checkout: { ...service, images: { app: 'registry.example/other' } } } },
    ]);
    expect(config.services.map(({ images }) => images.app)).toEqual(['registry.example/checkout']);
    expect(problemsOf(config)).toEqual(['services/b.yaml: checkout: is defined in services/a.yaml already']);
  });

  test('may be a whole file that is not YAML, or no map', () => {
    const config = parse([
      { file: 'services/a.yaml', unreadable: 'bad indentation at line 2' },
      { file: 'services/b.yaml', content: ['checkout'] },
      { file: 'services/c.yaml', content: { ledger: service } },
    ]);
    expect(config.services.map(({ name }) => name)).toEqual(['ledger']);
    expect(problemsOf(config)[0]).toBe('services/a.yaml: bad indentation at line 2');
    expect(config.disabled.map(({ name }) => name)).toEqual(['services/a.yaml', 'services/b.yaml']);
  });

  test('is wrong in every stage, also where only another one acts on the environment', () => {
    const production = { ...staging, stage: 'prod', gitops: 'nowhere' };
    const content = { ...service, environments: { staging, production } };
    for (const stage of ['dev', 'prod']) expect(problemsOf(parseOne(content, { stage }))).toHaveLength(1);
  });

  const wrong = (environment: object): string =>
    problemsOf(parseOne({ ...service, environments: { staging: { ...staging, ...environment } } })).join('\n');

  test.each([
    ['a path that leaves the repository', { path: '../gitops' }, 'staging.path: leaves the repository'],
    ['an absolute path', { path: '/etc' }, 'staging.path: leaves the repository'],
    ['a path with backslashes', { path: 'apps\\checkout' }, 'staging.path: leaves the repository'],
    ['neither path nor edits', { path: undefined }, 'staging: wants either `path` or `edits`'],
    [
      'an entry to add to no kustomization',
      { path: undefined, addMissing: true, edits: [{ file: 'a', key: 'b', image: 'app' }] },
      'staging.addMissing: needs `path`',
    ],
    ['both', { edits: [{ file: 'a', key: 'b', image: 'app' }] }, 'staging: wants either `path` or `edits`'],
    [
      'an image that is not its own',
      { path: undefined, edits: [{ file: 'a', key: 'b', image: 'web' }] },
      'staging.edits: "web" is not under images: app',
    ],
    ['a pattern that is no expression', { tags: { pattern: '(' } }, 'is not a regular expression'],
    ['an order that is none', { tags: { pattern: 'a', newest: 'version' } }, 'staging.tags'],
    ['two kinds of tags', { tags: { pattern: 'a', semver: '1' } }, 'staging.tags: '],
    ['an application with a space', { applications: ['a b'] }, 'staging.applications.0: is not the name'],
    ['a key that nobody knows', { aplications: [] }, 'Unrecognized key: "aplications"'],
    ['another mode', { mode: 'dry' }, 'staging.mode: '],
  ])('has %s', (_, environment, message) => {
    expect(wrong(environment)).toContain(message);
  });

  test('may name a file alone, in which the image is found', () => {
    const edits = [{ file: 'apps/checkout.yaml', image: 'app' }];
    const { services } = parseOne({ ...service, environments: { staging: { ...staging, path: undefined, edits } } });
    expect(services[0]?.environments[0]?.edits).toEqual(edits);
  });

  test.each(['__proto__', 'toString', 'constructor'])('names a team or repository %s that nobody defines', (name) => {
    expect(problemsOf(parseOne({ ...service, team: name })).join()).toContain('team');
    expect(wrong({ gitops: name })).toContain('gitops');
    expect(wrong({ applications: [`${name.toLowerCase()}/x`] })).toContain('applications');
  });

  test('names no default where the platform has none', () => {
    const of = { ...platform, defaults: undefined };
    expect(problemsOf(parseOne(service, { of })).join('\n')).toMatch(
      /gitops: is not given, and defaults.gitops is not either\n.*"checkout-staging" names no Argo CD/,
    );
  });

  test('has no image, or one with a tag', () => {
    expect(problemsOf(parseOne({ ...service, images: {} })).join()).toContain('names no image');
    expect(problemsOf(parseOne({ ...service, images: { app: 'registry.example/x:1' } })).join()).toContain(
      'images.app',
    );
  });
});
