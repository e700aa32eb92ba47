import { afterEach, describe, expect, test } from 'vitest';
import { listen } from '#local/aws/listen.ts';
import { createSlackStandin } from '#local/standins/slack/standin.ts';
import { check, performAll } from '../../../commands/doctor/checks.ts';
import { lookAtApplication } from '../../../commands/doctor/look/argocd.ts';
import { lookAtPipeline } from '../../../commands/doctor/look/aws/pipeline.ts';
import { lookAtRepository } from '../../../commands/doctor/look/aws/repository.ts';
import { lookAtHooks } from '../../../commands/doctor/look/hooks.ts';
import { lookAtSlack } from '../../../commands/doctor/look/slack.ts';
import { checkout, startPipelines } from '../../local/standins/pipeline/world.ts';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const signal = AbortSignal.timeout(20_000);

test('a pipeline is seen with what its source action finds by itself, and one that is not there as that', async () => {
  const world = await startPipelines({ pipelines: [{ ...checkout, detectsChanges: true }] });
  open.push(world.close);
  expect(await lookAtPipeline(world.codepipeline, 'checkout', signal)).toEqual({
    sources: [
      {
        name: 'Source',
        provider: 'CodeStarSourceConnection',
        configuration: expect.objectContaining({ DetectChanges: 'true' }),
      },
    ],
    triggers: [],
    executionMode: 'SUPERSEDED',
  });
  expect(await lookAtPipeline(world.codepipeline, 'gone', signal)).toBeUndefined();
});

test('a registry is seen with what becomes of its tags, and one that is not there as that', async () => {
  const world = await startPipelines();
  open.push(world.close);
  const of = (name: string) =>
    lookAtRepository(world.ecr, { account: '111122223333', region: 'eu-west-1', name }, signal);
  expect(await of('checkout')).toBe('IMMUTABLE');
  expect(await of('gone')).toBeUndefined();
});

describe('Slack', () => {
  const start = async (options: Partial<Parameters<typeof createSlackStandin>[0]> = {}) => {
    const slack = await createSlackStandin({ token: 'xoxb-right', channels: [{ name: 'pay' }], ...options });
    open.push(slack.close);
    return (token: string) => lookAtSlack({ api: slack.url, token, signal });
  };

  test('tells who the token is, what it may do, and in which channels it is', async () => {
    const look = await start({ channels: [{ name: 'pay' }, { name: 'ops', member: false }] });
    const { auth, scopes, channels } = await look('xoxb-right');
    expect(auth).toEqual({ user: 'fairlead', team: 'Stand-in' });
    expect(scopes).toContain('chat:write');
    expect(channels).toMatchObject([
      { name: 'pay', member: true },
      { name: 'ops', member: false },
    ]);
  });

  test('says why a token is nobody’s', async () => {
    expect((await (await start())('xoxb-wrong')).auth).toEqual({ error: 'invalid_auth' });
  });

  test('is not asked for channels that the token may not see', async () => {
    const look = await start({ scopes: ['chat:write'] });
    expect((await look('xoxb-right')).channels).toEqual({ error: 'missing_scope' });
  });
});

/** Answers everything in the same way. */
const fakeServer = async (status: number, body: unknown) => {
  const server = await listen(0, async (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  open.push(async () => server.close());
  return server.url;
};

describe("GitHub's webhooks", () => {
  const look = async (status: number, body: unknown) =>
    lookAtHooks({ api: await fakeServer(status, body), owner: 'acme', repo: 'shop' }, 'token', signal);

  test('are seen with their events and their last answer', async () => {
    const hook = {
      active: true,
      events: ['push'],
      config: { url: 'https://api.example/webhooks/github', content_type: 'json', insecure_ssl: '0' },
      last_response: { code: 401, status: 'invalid', message: 'Invalid HTTP Response: 401' },
    };
    expect(await look(200, [hook])).toMatchObject([{ events: ['push'], lastStatus: 401 }]);
    const fresh = { ...hook, last_response: { code: null, status: 'unused', message: null } };
    expect(await look(200, [fresh])).toMatchObject([{ lastStatus: undefined }]);
  });

  test.each([403, 404])('are not told to a token that is answered %i', async (status) => {
    expect(await look(status, { message: 'Not Found' })).toBeUndefined();
  });
});

describe("Argo CD's applications", () => {
  const look = async (status: number, body: unknown) =>
    lookAtApplication(await fakeServer(status, body), 'checkout-staging', 'token', signal);

  test('of several sources, with automated sync that is switched off, are seen as that', async () => {
    const application = {
      metadata: { annotations: { 'notifications.argoproj.io/subscribe.on-deployed.fairlead': '' } },
      spec: {
        sources: [{ targetRevision: 'main' }, { targetRevision: '1.2.3' }],
        syncPolicy: { automated: { enabled: false } },
      },
    };
    expect(await look(200, application)).toEqual({
      automated: false,
      subscribed: true,
      targetRevisions: ['main', '1.2.3'],
    });
    const plain = { metadata: {}, spec: { source: {}, syncPolicy: { automated: {} } } };
    expect(await look(200, plain)).toEqual({ automated: true, subscribed: false, targetRevisions: [''] });
  });

  test('that may not be seen are as those that are not there', async () => {
    expect(await look(403, { error: 'permission denied' })).toBeUndefined();
  });
});

describe('a look', () => {
  test('that finds nobody is something that can’t be told, in the innermost words', async () => {
    const nobody = check(
      'slack',
      'Slack',
      () => fetch('http://127.0.0.1:9'),
      () => [],
    );
    expect(await performAll([nobody])).toMatchObject([
      { area: 'slack', state: 'unknown', says: expect.stringMatching(/^Slack: .*(ECONNREFUSED|bad port)/) },
    ]);
  });

  test('that is never answered ends with its patience', async () => {
    const silent = check(
      'slack',
      'Slack',
      () => new Promise(() => {}),
      () => [],
      50,
    );
    expect(await performAll([silent])).toMatchObject([{ state: 'unknown', says: 'Slack: no answer within 0.05 s' }]);
  });

  test('that is denied names what the role needs', async () => {
    const denied = check(
      'stack',
      'the bus',
      () => Promise.reject(new Error('AccessDeniedException: no')),
      () => [],
    );
    expect(await performAll([denied])).toMatchObject([{ advice: expect.stringContaining('docs/commands.md') }]);
  });

  test('is one of eight at a time, and the findings are in the order of the checks', async () => {
    let [running, most] = [0, 0];
    const checks = Array.from({ length: 30 }, (_, at) =>
      check(
        'aws',
        String(at),
        async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return at;
        },
        (seen) => [{ area: 'aws', state: 'ok', severity: 'error', says: String(seen) }],
      ),
    );
    const findings = await performAll(checks);
    expect(findings.map(({ says }) => Number(says))).toEqual(Array.from({ length: 30 }, (_, at) => at));
    expect(most).toBe(8);
  });
});
