import { describe, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/parse.ts';
import { hostKey, invalid, parse, platform, service } from './fixture.ts';

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

  const of = (gitops: object) => ({
    ...platform,
    gitops: { ...platform.gitops, main: { ...platform.gitops.main, ...gitops } },
  });

  test.each([
    [{ repository: 'https://ghp_token@github.com/acme/gitops.git' }, 'main.repository: carries credentials'],
    [{ repository: 'git@github.com:acme/gitops.git' }, 'main.knownHosts: is not given, and no host is trusted unseen'],
    [{ repository: 'ssh://git@github.com/acme/gitops.git', knownHosts: [] }, 'main.knownHosts: is not given'],
    [{ knownHosts: ['github.com'] }, 'main.knownHosts.0: is not a line of known_hosts'],
    [
      { repository: 'git@github.com:acme/gitops.git', knownHosts: [`x ${hostKey}`], app: { id: 1, installation: 2 } },
      'main.app: writes by HTTPS',
    ],
    [{ app: { id: 1 } }, 'main.app.installation: '],
    [{ author: { name: 'Acme <deploys>', email: 'deploys@acme.dev' } }, 'main.author.name: is empty, or has <'],
    [{ author: { name: ' ', email: 'deploys@acme.dev' } }, 'main.author.name: is empty'],
    [
      { subject: '{service}: {tag}' },
      'main.subject: knows {service}, {environments}, {images}, {change}, and not {tag}',
    ],
    [{ subject: '{service: x' }, 'main.subject: has a brace that is not closed'],
    [{ subject: 'x\nFairlead-Event: y' }, 'main.subject: has more than one line'],
  ])('may not say of a GitOps repository %j', (gitops, problem) => {
    expect(invalid(() => parse([], { of: of(gitops) })).message).toContain(`gitops.${problem}`);
  });

  test('may say who writes to a GitOps repository, and how its commits look', () => {
    const gitops = {
      app: { id: 4711, installation: 815 },
      api: 'https://github.acme.dev/api/v3',
      author: { name: 'Acme deploys', email: 'deploys@acme.dev' },
      subject: 'chore({service}): {change}',
    };
    expect(parse([], { of: of(gitops) }).gitops.main).toMatchObject(gitops);
  });
});
