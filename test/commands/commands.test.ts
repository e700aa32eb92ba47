import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { anyEventSchema } from '#events/event.ts';
import { holdRequested } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { chain, delivered, held, image, rolledBack } from './delivered.ts';
import { stage, startWorld, type World } from './world.ts';

let world: World;

/** Several commands start in each test, and the machine may be busy. */
const patience = { timeout: 120_000 };

const several = { service: 'cart', environment: 'production' };

beforeAll(async () => {
  world = await startWorld();
  await world.happened([...delivered(1, 0), ...delivered(2, 20), ...delivered(3, 40, { outcome: 'failure' })]);
  const back = { service: 'basket' };
  await world.happened(
    [...delivered(1, 0, back), ...delivered(3, 40, { ...back, outcome: 'failure' }), ...rolledBack(1, 3, 50, back)],
    back,
  );
  for (const target of ['web', 'worker']) {
    const where = { ...several, target };
    await world.happened([...delivered(1, 0, where), ...delivered(2, 20, where)], where);
  }
});

afterAll(async () => {
  await world.close();
});

afterEach(() => {
  world.eventBridge.reset();
  world.sts.reset();
});

const checkout = ['checkout', 'staging', '--stage', stage];

/** What was put on the bus, as it arrived. */
const onTheBus = () => world.eventBridge.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

describe('rollback', patience, () => {
  test('puts one event on the bus of the stage, in the name that AWS knows', async () => {
    const { code, stdout, stderr } = await world.command('rollback', [
      ...checkout,
      '--yes',
      '--why',
      'it charges twice',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [event, ...others] = onTheBus();
    expect(others).toEqual([]);
    expect(world.eventBridge.taken[0]).toMatchObject({
      EventBusName: `fairlead-${stage}`,
      Source: 'fairlead.command',
      DetailType: imageRequested.detailType,
    });
    expect(imageRequested.schema.parse(event).data).toMatchObject({
      context: { chainId: chain(3) },
      subject: { content: { image: image(2), expected: image(3).digest, reason: 'rollback' } },
      customData: { actor: { name: 'mona@acme.dev', by: 'command' }, why: 'it charges twice' },
    });
    expect(stdout).toMatch(
      /^checkout in staging: main-3333333 → main-2222222 \(verified .+ ago\)\. main-3333333 will be held\.$/m,
    );
    expect(stdout).toContain(`${event?.id} is on the bus fairlead-${stage}.`);
    expect(stdout).toContain(`To follow it: npm run status -- checkout staging --stage ${stage}`);
  });

  test('asks nobody where there is no terminal, and does nothing', async () => {
    const { code, stdout, stderr } = await world.command('rollback', checkout, { input: 'y\n' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/no terminal\. Add --yes/);
    expect(onTheBus()).toEqual([]);
  });

  test('that has nowhere to go leaves the bus alone and ends with 1', async () => {
    const { code, stdout } = await world.command('rollback', ['basket', 'staging', '--stage', stage, '-y']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/main-1111111 is what a rollback by octocat brought back/);
    expect(onTheBus()).toEqual([]);
  });

  test('wants to know which of several images', async () => {
    const place = ['cart', 'production', '--stage', stage, '--yes'];
    const unsaid = await world.command('rollback', place);
    expect(unsaid).toMatchObject({ code: 1, stdout: '' });
    expect(unsaid.stderr).toBe('cart has several images in production. Which one? --target web | worker\n');
    const unknown = await world.command('rollback', [...place, '--target', 'app']);
    expect(unknown.stderr).toBe('cart has no image app in production. There are: web, worker.\n');
    expect(onTheBus()).toEqual([]);
    expect(await world.command('rollback', [...place, '--target', 'web', '--actor', 'lisa'])).toMatchObject({
      code: 0,
    });
    expect(onTheBus()).toMatchObject([
      { subject: 'cart/production/web', data: { customData: { actor: { name: 'lisa', by: 'command' } } } },
    ]);
  });

  test('of an unknown place names those that are known, the nearest first', async () => {
    const { code, stderr } = await world.command('rollback', ['checkout', 'stagin', '--stage', stage, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'Nothing is known of checkout in stagin on the stage test. Known are, among others:\n  checkout staging\n  basket staging\n  cart production\n',
    );
  });
});

/** `script` gives a command a terminal; few machines lack it. */
const lacksScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status !== 0;

/** Each answer is a process at a terminal; where there is time for it, there are more of them. */
const answersOf = <T>(usual: T[], more: T[]): T[] => (process.env.FAIRLEAD_SLOW ? [...usual, ...more] : usual);

describe.skipIf(lacksScript)('at a terminal', patience, () => {
  test.each(answersOf(['y\n'], ['YES\n']))('%j does it', async (input) => {
    const { code, stdout } = await world.atTerminal('rollback', checkout, input);
    expect(stdout).toMatch(/Do it, as mona@acme\.dev\? \[y\/N\]/);
    expect(code).toBe(0);
    expect(onTheBus()).toMatchObject([{ type: imageRequested.type }]);
  });

  test.each(
    answersOf(
      [
        ['an empty line', '\n'],
        ['the end of the input', '\u0004'],
        ['Ctrl-C', '\u0003'],
      ],
      [
        ['n', 'n\n'],
        ['anything else', 'yeah no\n'],
      ],
    ),
  )('%s does not', async (_, input) => {
    const { stdout, code } = await world.atTerminal('rollback', checkout, input);
    expect(stdout).toMatch(/\[y\/N\][\s\S]*Nothing was done\.\s*$/);
    expect(code).toBe(1);
    expect(onTheBus()).toEqual([]);
  });
});

describe('hold and release', patience, () => {
  test('put one event each on the bus', async () => {
    expect(await world.command('hold', [...checkout, '--yes'])).toMatchObject({ code: 0, stderr: '' });
    expect(await world.command('release', ['basket', 'staging', '--stage', stage, '--yes'])).toMatchObject({ code: 0 });
    expect(onTheBus().map((event) => holdRequested.schema.parse(event).data.subject)).toMatchObject([
      { id: 'checkout/staging/app', content: { action: 'hold', digest: image(3).digest } },
      { id: 'basket/staging/app', content: { action: 'release', digest: image(3).digest } },
    ]);
  });

  test('of what is so already end well and do nothing', async () => {
    const where = { service: 'ledger' };
    await world.happened([...delivered(1, 0, where), held(image(1).digest, 'hold', 10, where)], where);
    const { code, stdout } = await world.command('hold', ['ledger', 'staging', '--stage', stage, '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/main-1111111 is held already \(.+ ago, by mona\)/);
    expect(onTheBus()).toEqual([]);
  });
});

describe('status', patience, () => {
  test('tells what is asked for, deployed, verified and held, and what happened', async () => {
    const { code, stdout, stderr } = await world.command('status', ['basket', 'staging', '--stage', stage]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.replaceAll(/ago|\d+ (d|h|min|s) ago/g, '~').split('\n');
    expect(lines.slice(0, 8)).toEqual([
      `basket in staging, stage ${stage}, times in UTC`,
      '',
      'app',
      expect.stringMatching(
        /^ {2}asked for {2}main-1111111 {2}sha256:111111111111 {2}since 2026-11-23 09:51:00 .+, commit 9999999, chain /,
      ),
      expect.stringMatching(/^ {2}deployed {3}main-1111111 .+ since 2026-11-23 09:53:00 /),
      expect.stringMatching(/^ {2}verified {3}main-1111111 .+ since 2026-11-23 09:54:00 /),
      expect.stringMatching(
        /^ {2}held {7}main-3333333 {2}sha256:333333333333 {2}rolled back .+ by octocat \(github\): “it answers 500”$/,
      ),
      '',
    ]);
    expect(lines).toContain(
      '  2026-11-23 09:50:00  octocat (github) asks for a rollback to main-1111111: “it answers 500”',
    );
    expect(lines).toContain('  2026-11-23 09:51:00  main-1111111 is in Git again (9999999)');
    expect(lines).toContain('  2026-11-23 09:53:00  main-1111111 runs again');
    expect(lines).toContain('  2026-11-23 09:54:00  main-1111111 is verified');
  });

  test('lets nobody write on the terminal but itself', async () => {
    const { stdout } = await world.command('status', checkout);
    expect(stdout).toContain('main-3333333 is not verified (failure): GET /healthz: 500 [31mInternal Server Error');
    expect(stdout).not.toContain('\u001b');
  });

  test('tells it to programs as JSON', async () => {
    const { code, stdout } = await world.command('status', ['basket', 'staging', '--stage', stage, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      service: 'basket',
      environment: 'staging',
      stage,
      targets: {
        app: {
          asked: { image: image(1), chain: chain(3) },
          deployed: { image: image(1) },
          verified: { image: image(1) },
          held: [{ digest: image(3).digest, tag: 'main-3333333', reason: 'rollback' }],
        },
      },
      complete: true,
      events: expect.arrayContaining([expect.objectContaining({ says: 'main-1111111 runs again', chain: chain(3) })]),
    });
  });

  test('of an unknown place ends with 1', async () => {
    const { code, stdout, stderr } = await world.command('status', ['shop', 'qa', '--stage', stage, '--json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Nothing is known of shop in qa on the stage test\./);
  });
});

describe('what was typed wrong', patience, () => {
  test.each([
    ['an unknown option', [...checkout, '--forse'], /^Unknown option '--forse'\.\n/],
    ['no stage', ['checkout', 'staging'], /^--stage is missing\.\n/],
    ['a name that can be none', ['Check out', 'staging', '--stage', stage], /^<service> wants lower-case letters/],
    ['one name too many', [...checkout, 'now'], /^now: only a service and an environment are named\.\n/],
    ['what is no image', [...checkout, '--to', 'a b'], /^--to wants a tag, or a digest/],
  ])('%s is said, and ends with 2', async (_, args, expected) => {
    const { code, stdout, stderr } = await world.command('rollback', args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).toContain('npm run rollback -- <service> <environment> --stage <stage>');
  });

  test.each(['rollback', 'hold', 'release', 'status'])('%s --help tells how', async (name) => {
    const { code, stdout } = await world.command(name, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^npm run ${name} -- <service> <environment> --stage <stage>`));
  });
});

describe('what AWS refuses leads somewhere', patience, () => {
  const failing = async (more: { env?: NodeJS.ProcessEnv; stage?: string }) => {
    const args = ['checkout', 'staging', '--stage', more.stage ?? stage, '--yes'];
    const { code, stderr } = await world.command('rollback', args, more.env && { env: more.env });
    expect(code).toBe(1);
    expect(onTheBus()).toEqual([]);
    return stderr;
  };

  test('a stage that is not there', async () => {
    expect(await failing({ stage: 'nowhere' })).toMatch(
      /^There is no stage nowhere in eu-west-1: its table fairlead-nowhere-deliveries does not exist\. Check --stage/,
    );
  });

  test('no credentials', async () => {
    const env = { ...world.nothing, AWS_REGION: 'eu-west-1' };
    expect(await failing({ env, stage: 'nowhere' })).toMatch(/^There are no AWS credentials\. Sign in/);
  });

  test('no region', async () => {
    const { AWS_REGION: _, ...env } = world.env;
    expect(await failing({ env })).toMatch(/^No AWS region is set\. Set AWS_REGION/);
  });

  test('credentials that AWS does not know', async () => {
    world.sts.knowsNobody();
    expect(await failing({})).toMatch(/^AWS does not know these credentials \(The security token is invalid\)/);
  });

  test('a bus that may not be written to', async () => {
    world.eventBridge.respondWith(() => ({ status: 400, type: 'AccessDeniedException' }));
    expect(await failing({})).toMatch(/^You may not do this on the stage test: .+docs\/commands\.md/);
  });

  test('a bus that rejects the entry, however often', async () => {
    world.eventBridge.respondWith((entries) => entries.map(() => 'InternalFailure'));
    expect(await failing({})).toMatch(/EventBridge refused 1 of 1 events on fairlead-test 5 times: InternalFailure/);
  });

  test('nobody who answers', async () => {
    const env = { ...world.env, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
    expect(await failing({ env })).toMatch(/^Nothing answers at .+ \(ECONNREFUSED\)/);
  });
});
