import { describe, expect, test } from 'vitest';
import { type Config, environmentOf } from '#shared/config/config.ts';
import { type ConfigFile, describeProblem, InvalidConfig, parseConfig } from '#shared/config/parse.ts';

const platform = {
  gitops: {
    main: { repository: 'https://github.com/acme/gitops.git' },
    edge: { repository: 'git@github.com:acme/edge.git', branch: 'deploy' },
  },
  argocd: { eu: { url: 'https://argocd.eu.acme.example' }, us: { url: 'https://argocd.us.acme.example' } },
  teams: { pay: { slack: '#pay' } },
  defaults: { gitops: 'main', argocd: 'eu' },
  include: ['services/*.yaml'],
};

const staging = { path: 'apps/checkout/overlays/staging', applications: ['checkout-staging'] };

const service = {
  team: 'pay',
  images: { app: 'registry.example/checkout' },
  environments: { staging },
};

const parse = (
  services: readonly ConfigFile[],
  { stage = 'dev', of = platform }: { stage?: string; of?: unknown } = {},
) => parseConfig({ version: 'abc', platform: { file: 'fairlead.yaml', content: of }, services }, stage);

const parseOne = (content: unknown, options?: Parameters<typeof parse>[1]): Config =>
  parse([{ file: 'services/checkout.yaml', content: { checkout: content } }], options);

const problemsOf = ({ disabled }: Config): string[] =>
  disabled.flatMap(({ problems }) => problems.map(describeProblem));

const invalid = (parsing: () => unknown): InvalidConfig => {
  try {
    parsing();
  } catch (error) {
    if (error instanceof InvalidConfig) return error;
    throw error;
  }
  throw new Error('was taken');
};

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

describe('a platform file that is wrong', () => {
  test('is refused with every problem at once, each with its file and path, and those of the services', () => {
    const of = {
      gitops: { Main: { repository: 'https://github.com/acme/gitops.git' }, main: { repository: 'not a url' } },
      teams: { pay: {} },
      defaults: { mode: 'yes' },
      inclde: [],
    };
    const services = [
      { file: 'services/a.yaml', content: { checkout: { ...service, pin: true } } },
      { file: 'services/b.yaml', unreadable: 'bad indentation' },
    ];
    const error = invalid(() => parse(services, { of }));
    const lines = error.message.split('\n');
    expect(lines[0]).toBe('The configuration is wrong.');
    for (const start of [
      'fairlead.yaml: gitops.Main: ',
      'fairlead.yaml: gitops.main.repository: is not the URL of a git repository',
      'fairlead.yaml: teams.pay.slack: ',
      'fairlead.yaml: defaults.mode: ',
      'fairlead.yaml: Unrecognized key: "inclde"',
      'services/a.yaml: checkout: Unrecognized key: "pin"',
      'services/b.yaml: bad indentation',
    ])
      expect(
        lines.some((line) => line.startsWith(start)),
        `${start} in\n${error.message}`,
      ).toBe(true);
    expect(error.problems).toHaveLength(lines.length - 1);
  });

  test('is refused in its parser’s words where it is not YAML', () => {
    const files = { version: '', platform: { file: 'fairlead.yaml', unreadable: 'line 3: a tab' }, services: [] };
    expect(invalid(() => parseConfig(files, 'dev')).message).toContain('fairlead.yaml: line 3: a tab');
  });

  test.each([[null], ['text'], [[]]])('is refused where it is %j', (of) => {
    expect(invalid(() => parse([], { of })).problems).toHaveLength(1);
  });

  test.each(['--upload-pack=x', 'a b', '', 'main~1'])('may not name a branch %j', (branch) => {
    const of = { ...platform, gitops: { main: { ...platform.gitops.main, branch } } };
    expect(invalid(() => parse([], { of })).message).toContain('gitops.main.branch');
  });

  test.each(['file:///srv/gitops', '--upload-pack=x', 'ext::sh -c x', '/srv/gitops'])(
    'may not name a repository %j',
    (repository) => {
      const of = { ...platform, gitops: { main: { repository } } };
      expect(invalid(() => parse([], { of })).message).toContain('gitops.main.repository');
    },
  );
});

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
    ['both', { edits: [{ file: 'a', key: 'b', image: 'app' }] }, 'staging: wants either `path` or `edits`'],
    [
      'an image that is not its own',
      { path: undefined, edits: [{ file: 'a', key: 'b', image: 'web' }] },
      'staging.edits: "web" is not under images: app',
    ],
    ['a pattern that is no expression', { tags: { pattern: '(' } }, 'is not a regular expression'],
    ['two kinds of tags', { tags: { pattern: 'a', semver: '1' } }, 'staging.tags: '],
    ['an application with a space', { applications: ['a b'] }, 'staging.applications.0: is not the name'],
    ['a key that nobody knows', { aplications: [] }, 'Unrecognized key: "aplications"'],
    ['another mode', { mode: 'dry' }, 'staging.mode: '],
  ])('has %s', (_, environment, message) => {
    expect(wrong(environment)).toContain(message);
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
