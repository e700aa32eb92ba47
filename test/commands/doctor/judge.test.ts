import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, isMissing } from '../../../commands/doctor/finding.ts';
import { judgeApplication, judgePing, untoldApplications } from '../../../commands/doctor/judge/argocd.ts';
import { judgeReached } from '../../../commands/doctor/judge/gitops.ts';
import { judgeHooks } from '../../../commands/doctor/judge/hooks.ts';
import { judgePipeline } from '../../../commands/doctor/judge/pipelines.ts';
import { ecrRepositoryOf, judgeRepository } from '../../../commands/doctor/judge/registry.ts';
import { judgeSecrets, namesOf, type StoredSecret, wantedSecrets } from '../../../commands/doctor/judge/secrets.ts';
import { judgeSlack } from '../../../commands/doctor/judge/slack.ts';
import { judgeAlarms, judgeBus, judgeFailures, judgeTable } from '../../../commands/doctor/judge/stack.ts';
import { judgeEndpoint } from '../../../commands/doctor/judge/webhooks.ts';
import { reportLines } from '../../../commands/doctor/report.ts';
import { usedIn } from '../../../commands/doctor/used.ts';
import { readPresent } from '../../../commands/plan/present.ts';

const prefix = '/fairlead/dev';
const { config } = await readPresent(join(import.meta.dirname, '../../../examples/acme/fairlead.yaml'));

/** What is found and what is advised, without what is as it should be. */
const wrong = (findings: readonly Finding[]) => findings.filter(({ state }) => state !== 'ok');

const states = (findings: readonly Finding[]) => findings.map(({ state, severity }) => `${state} ${severity}`);

describe('secrets', () => {
  const wanted = wantedSecrets(config);
  const now = Date.parse('2026-11-24T12:00:00Z');
  const secret = (more: Partial<StoredSecret> = {}): StoredSecret => ({ type: 'SecureString', value: 'x', ...more });
  const all = (): Map<string, StoredSecret> =>
    new Map(
      ['github/webhook-secret', 'slack/token', 'gitops/main/token', 'argocd/eu/webhook-secret', 'argocd/eu/token'].map(
        (path) => [path, secret()],
      ),
    );

  test('that are all set leave nothing to do', () => {
    expect(wrong(judgeSecrets(wanted, all(), prefix, now))).toEqual([]);
  });

  test.each([...all().keys()])('%s that is not set is named with the command that sets it', (path) => {
    const stored = all();
    stored.delete(path);
    const [finding, ...others] = wrong(judgeSecrets(wanted, stored, prefix, now));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ state: 'missing', severity: 'error', area: 'secrets' });
    expect(finding?.advice).toBe(
      `aws ssm put-parameter --type SecureString --name ${prefix}/${path} --value file://secret`,
    );
  });

  test('never have their values told', () => {
    const stored = new Map([...all().keys()].map((path) => [path, secret({ value: 'hunter2', type: 'String' })]));
    const told = JSON.stringify(judgeSecrets(wanted, stored, prefix, now));
    expect(told).toContain('lies unencrypted');
    expect(told).not.toContain('hunter2');
  });

  test('that end with a newline are told of, but for keys, whose files end so', () => {
    const stored = all().set('slack/token', secret({ value: 'xoxb-1\n' }));
    expect(wrong(judgeSecrets(wanted, stored, prefix, now))).toMatchObject([
      { state: 'missing', severity: 'error', says: expect.stringContaining(`${prefix}/slack/token begins or ends`) },
    ]);
    const key = all().set('gitops/main/signing-key', secret({ value: '-----END-----\n' }));
    expect(wrong(judgeSecrets(wanted, key, prefix, now))).toEqual([]);
  });

  test('of a rotation that is over are to be deleted, those of one under way are not', () => {
    const path = 'github/webhook-secret-previous';
    expect(namesOf(wanted)).toContain(path);
    const since = (hours: number) => all().set(path, secret({ modified: new Date(now - hours * 60 * 60 * 1000) }));
    expect(wrong(judgeSecrets(wanted, since(1), prefix, now))).toEqual([]);
    expect(wrong(judgeSecrets(wanted, since(25), prefix, now))).toMatchObject([
      { state: 'missing', severity: 'warning', advice: `aws ssm delete-parameter --name ${prefix}/${path}` },
    ]);
  });

  test('of a repository are those of its way in: an App’s key, an SSH key, or a token', () => {
    const of = (more: object) => {
      const main = { ...config.gitops.main!, ...more };
      return wantedSecrets({ ...config, gitops: { main } }).filter(({ severity }) => severity !== 'none');
    };
    const paths = (more: object) => of(more).map(({ path }) => path);
    expect(paths({ app: { id: 1, installation: 2 } })).toContain('gitops/main/app-key');
    expect(paths({ repository: 'git@github.com:acme/gitops.git' })).toContain('gitops/main/ssh-key');
    expect(paths({})).toContain('gitops/main/token');
  });

  test('are wanted only of what the environments of the stage use', () => {
    const more = { ...config, argocd: { ...config.argocd, us: { name: 'us', url: 'https://us.example' } } };
    expect(wantedSecrets(usedIn(more)).some(({ path }) => path.includes('/us/'))).toBe(false);
  });
});

describe('the stack', () => {
  test.each([
    ['a bus that is not there', judgeBus('fairlead-dev', 'dev', undefined)],
    ['a table that is not there', judgeTable('fairlead-dev-deliveries', 'dev', undefined)],
    ['a queue that is not there', judgeFailures('fairlead-dev-failures', 'dev', undefined)],
  ])('with %s is to be deployed', (_, findings) => {
    expect(findings).toMatchObject([{ state: 'missing', severity: 'error' }]);
    expect(findings[0]?.advice).toContain('npx serverless deploy --stage dev');
  });

  test('whose bus denies publishing says so, and one that allows other accounts is as it should be', () => {
    const policy = (Effect: string) => JSON.stringify({ Statement: [{ Effect, Action: 'events:PutEvents' }] });
    expect(states(judgeBus('fairlead-dev', 'dev', { policy: policy('Deny') }))).toEqual(['missing error']);
    expect(states(judgeBus('fairlead-dev', 'dev', { policy: policy('Allow') }))).toEqual(['ok error']);
  });

  test('with failures in its queue names the redrive, and does not count as incomplete', () => {
    const [finding] = judgeFailures('fairlead-dev-failures', 'dev', 3);
    expect(finding).toMatchObject({ state: 'missing', severity: 'warning' });
    expect(finding?.advice).toContain('npm run redrive -- --stage dev --dry-run');
    expect(isMissing(finding!)).toBe(false);
  });

  test('tells of each alarm that fires, and why', () => {
    expect(judgeAlarms([])).toMatchObject([{ state: 'ok' }]);
    expect(judgeAlarms([{ name: 'fairlead-dev-dead-letters', reason: 'Threshold Crossed' }])).toMatchObject([
      { severity: 'warning', says: 'fairlead-dev-dead-letters fires: Threshold Crossed' },
    ]);
  });
});

describe('a webhook', () => {
  const endpoint = {
    url: 'https://api.example/webhooks/github',
    secret: `${prefix}/github/webhook-secret`,
    expected: 202,
  };

  test.each([
    ['refuses who is wrong and takes who is right', { wrong: 401, right: 202 }, 'ok error', undefined],
    ['of something else', { wrong: 404 }, 'missing error', /--api/],
    ['that anybody may call', { wrong: 202, right: 202 }, 'missing error', /--api/],
    ['whose function cannot read its secret', { wrong: 503 }, 'missing error', /Set the secret/],
    ['with another secret', { wrong: 401, right: 401 }, 'missing error', /five minutes/],
    ['whose secret is not known', { wrong: 401 }, 'unknown warning', undefined],
  ] as const)('%s', (_, answers, state, advice) => {
    const [finding] = judgeEndpoint(endpoint, answers);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });
});

describe("GitHub's webhook", () => {
  const url = 'https://api.example/webhooks/github';
  const told = { name: 'acme/shop', events: ['push'] };
  const hook = { active: true, url, events: ['push'], lastStatus: 202 };

  test.each([
    ['that tells of pushes', [hook], 'ok error', undefined],
    ['that tells of everything', [{ ...hook, events: ['*'] }], 'ok error', undefined],
    ['that goes elsewhere', [{ ...hook, url: 'https://ci.example' }], 'missing warning', /application\/json/],
    ['that is switched off', [{ ...hook, active: false }], 'missing error', /Settings, Webhooks/],
    ['without pushes', [{ ...hook, events: ['issues'] }], 'missing error', /events push/],
    ['with another secret', [{ ...hook, lastStatus: 401 }], 'missing error', /secret is not that/],
    ['that the token may not see', undefined, 'unknown warning', /Settings, Webhooks/],
  ] as const)('%s', (_, hooks, state, advice) => {
    const [finding] = judgeHooks(told, url, hooks);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });
});

describe('a GitOps repository', () => {
  const { main } = config.gitops;

  test.each([
    ['that can be read and written', { reached: 'branch' }, true, 'ok error', undefined],
    ['that cannot be read', { reached: 'not', why: '403' }, true, 'missing error', /gitops\/main\/token/],
    ['without its branch', { reached: 'without-branch' }, true, 'missing error', /gitops\.main\.branch/],
    ['that cannot be written', { reached: 'branch', refused: '403' }, true, 'missing error', /write/],
    ['that is only observed', { reached: 'branch', refused: '403' }, false, 'missing warning', /write/],
  ] as const)('%s', (_, reached, written, state, advice) => {
    const [finding] = judgeReached(main!, prefix, written, reached);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });
});

describe('Argo CD', () => {
  const eu = { name: 'eu', url: 'https://argocd.example' };
  const application = { automated: true, subscribed: true, targetRevisions: ['main'] };
  const expected = { instance: 'eu', name: 'checkout-staging', branch: 'main' };

  test.each([
    [200, 'ok error', undefined],
    [400, 'missing error', /webhook\.github\.secret/],
    [307, 'missing error', /redirects/],
    [403, 'missing error', /login/],
  ] as const)('that answers %i to a ping', (status, state, advice) => {
    const [finding] = judgePing(eu, prefix, status);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });

  test.each([
    ['as it should be', application, 'ok error', undefined],
    ['that is not there', undefined, 'missing error', /applications/],
    ['without automated sync', { ...application, automated: false }, 'missing error', /argocd app set .* automated/],
    ['that follows another branch', { ...application, targetRevisions: ['prod'] }, 'missing error', /targetRevision/],
    ['that does not notify', { ...application, subscribed: false }, 'missing warning', /annotate/],
    ['that follows HEAD', { ...application, targetRevisions: ['HEAD'] }, 'ok error', undefined],
  ] as const)('has an application %s', (_, seen, state, advice) => {
    const [finding, ...others] = judgeApplication(expected, seen);
    expect(others).toEqual([]);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });

  test('whose API is closed is looked at by hand', () => {
    expect(untoldApplications(eu, prefix, ['checkout-staging'])).toMatchObject([
      { state: 'unknown', advice: expect.stringContaining('argocd app get') },
    ]);
  });
});

describe('Slack', () => {
  const team = { name: 'pay', slack: '#pay' };
  const channel = { id: 'C0000000001', name: 'pay', member: true, archived: false };
  const scopes = ['chat:write', 'channels:read', 'channels:history', 'groups:read', 'groups:history'];
  const facts = { auth: { user: 'fairlead', team: 'Acme' }, scopes, channels: [channel] };

  test('as it should be leaves nothing to do, by the name or the id of the channel', () => {
    expect(wrong(judgeSlack([team, { name: 'id', slack: channel.id }], prefix, facts))).toEqual([]);
  });

  test.each([
    ['with a token that is not taken', { auth: { error: 'invalid_auth' } }, 'missing error', /xoxb/],
    ['without the right to post', { scopes: scopes.slice(1) }, 'missing error', /chat:write,/],
    [
      'without groups:read',
      { scopes: scopes.filter((one) => one !== 'groups:read') },
      'missing warning',
      /groups:read/,
    ],
    ['without the channel', { channels: [] }, 'missing error', /teams\.pay\.slack/],
    ['with the bot outside', { channels: [{ ...channel, member: false }] }, 'missing error', /\/invite @fairlead/],
    ['with an archived channel', { channels: [{ ...channel, archived: true }] }, 'missing error', /teams\.pay\.slack/],
    ['that does not list channels', { channels: { error: 'missing_scope' } }, 'unknown warning', /\/invite/],
  ])('%s', (_, more, state, advice) => {
    const [finding, ...others] = wrong(judgeSlack([team], prefix, { ...facts, ...more }));
    expect(others).toEqual([]);
    expect(states([finding!])).toEqual([state]);
    expect(finding?.advice).toMatch(advice);
  });

  test('takes a bot outside for advice where it may write in every public channel', () => {
    const everywhere = {
      ...facts,
      scopes: [...scopes, 'chat:write.public'],
      channels: [{ ...channel, member: false }],
    };
    expect(states(wrong(judgeSlack([team], prefix, everywhere)))).toEqual(['missing warning']);
  });
});

describe('a pipeline', () => {
  const built = { service: 'checkout', pipeline: 'checkout', source: 'Source' };
  const source = (provider: string, configuration: Record<string, string>) => ({
    sources: [{ name: 'Source', provider, configuration }],
    triggers: [],
    executionMode: 'QUEUED',
  });
  const off = source('CodeStarSourceConnection', { DetectChanges: 'false' });

  test.each([
    ['that waits to be asked', off, 'ok error', undefined],
    ['that is not there', undefined, 'missing error', /build\.codepipeline\.pipeline/],
    [
      'with another source action',
      { ...off, sources: [{ ...off.sources[0]!, name: 'Git' }] },
      'missing error',
      /codepipeline\.source/,
    ],
    [
      'of a connection that detects by default',
      source('CodeStarSourceConnection', {}),
      'missing error',
      /DetectChanges/,
    ],
    [
      'of CodeCommit that polls',
      source('CodeCommit', { PollForSourceChanges: 'true' }),
      'missing error',
      /PollForSourceChanges/,
    ],
    ['of CodeCommit that does not', source('CodeCommit', { PollForSourceChanges: 'false' }), 'ok error', undefined],
    ['with triggers of its own', { ...off, triggers: ['Source'] }, 'missing error', /triggers/],
  ])('%s', (_, seen, state, advice) => {
    const [finding, ...others] = judgePipeline(built, seen);
    expect(others).toEqual([]);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });
});

describe('a registry', () => {
  const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/checkout';
  const repository = { account: '111122223333', region: 'eu-west-1', name: 'team/checkout' };

  test('of ECR is known by its name, another is left alone', () => {
    expect(ecrRepositoryOf(image)).toEqual(repository);
    expect(ecrRepositoryOf('ghcr.io/acme/checkout')).toBeUndefined();
  });

  test.each([
    ['IMMUTABLE', 'ok error', undefined],
    ['IMMUTABLE_WITH_EXCLUSION', 'ok error', undefined],
    ['MUTABLE', 'missing warning', /put-image-tag-mutability/],
    [undefined, 'missing error', /create-repository/],
  ] as const)('with tags that are %s', (mutability, state, advice) => {
    const [finding] = judgeRepository(image, repository, mutability);
    expect(states([finding!])).toEqual([state]);
    if (advice) expect(finding?.advice).toMatch(advice);
  });
});

test('the report says area by area what to do, counts, and leaves no control characters of others in it', () => {
  expect(
    reportLines([
      { area: 'slack', state: 'missing', severity: 'error', says: 'no\u001b[31mtoken', advice: 'set it\nor else' },
      { area: 'aws', state: 'ok', severity: 'error', says: 'account 1' },
    ]),
  ).toEqual([
    'aws',
    '  ✓ account 1',
    '',
    'slack',
    '  ✗ no[31mtoken',
    '      → set it',
    '      → or else',
    '',
    "1 missing (✗), 0 advised (!), 0 that can't be told (?), 1 as it should be (✓)",
  ]);
});
