import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '#commands/failure.ts';
import { type Redriving, redrive } from '#commands/failures/redrive.ts';
import { failureRedriven } from '#events/failures.ts';
import { runs } from '../../runs.ts';
import { type Breaks, fakeStage } from './fake-stage.ts';
import { asked, askedChain, dead, failedInvocation, garbage, setAside, undelivered } from './messages.ts';

const one = { stage: 'dev', max: 100, 'dry-run': false, yes: true } as const;

const run = async (fake: ReturnType<typeof fakeStage>, typed: Partial<Redriving> = {}, answer?: string) => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
  stdin.end(answer);
  const session = { argv: [], env: {}, stdin, stdout, stderr };
  const code = await redrive({ ...one, ...typed }, session, async () => fake.stage);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
};

const all = () => [garbage('5'), setAside('4'), dead('3'), failedInvocation('2'), undelivered('1')];

describe('redrive', () => {
  test('says of each, the oldest first, what failed, why, when, of what, and where it goes', async () => {
    const { code, stdout } = await run(fakeStage(all()), { 'dry-run': true });
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\(.+ ago\)/g, '(~)')).toBe(`event-log  2026-11-23 09:30:00 (~)
  why    NO_PERMISSIONS: Lambda.AccessDenied
  event  dev.cdeventsx.fairlead-image.requested of checkout in staging, ${asked.id}
  →      will be given to the function fairlead-dev-event-log

argocd-sync  2026-11-23 09:40:00 (~)
  why    Upstream: Argo CD answers[2J 503 (tried 3 times)
  event  dev.cdeventsx.fairlead-image.requested of checkout in staging, ${asked.id}
  →      will be given to the function fairlead-dev-argocd-sync

image-requests  2026-11-23 09:50:00 (~)
  why    DeadLettered: its queue handed it out as often as it may, and nobody finished it; the log of its function says why
  event  dev.cdeventsx.fairlead-image.requested of checkout in staging, ${asked.id}
  →      will be put in the queue fairlead-dev-image-requests

image-requests  2026-11-23 09:55:00 (~)
  why    Blocked: the branch main is protected
  event  dev.cdeventsx.fairlead-image.requested of checkout in staging, ${asked.id}
  →      will be put in the queue fairlead-dev-image-requests

5 stays where it is: neither an event with TARGET_ARN, nor a record of Lambda, nor from a queue of this stage

4 messages would be sent again. Nothing was changed.
`);
  });

  test('sends all that it can read, and tells the log who did', async () => {
    const fake = fakeStage(all());
    expect(await run(fake, { actor: 'lisa' })).toMatchObject({ code: 0, stderr: '' });
    expect(fake.sent.map(({ message }) => message)).toEqual(['1', '2', '3', '4']);
    expect([...fake.visible.keys()]).toEqual(['5']);
    expect(fake.published.map((event) => failureRedriven.schema.parse(event))).toMatchObject([
      {
        subject: 'event-log/1',
        service: 'checkout',
        environment: 'staging',
        data: {
          context: { chainId: askedChain, links: [{ from: { contextId: asked.id } }] },
          subject: { content: { target: 'event-log', event: { id: asked.id }, error: { code: 'NO_PERMISSIONS' } } },
          customData: { actor: { name: 'lisa', by: 'command' } },
        },
      },
      { subject: 'argocd-sync/2' },
      { subject: 'image-requests/3' },
      { subject: 'image-requests/4' },
    ]);
  });

  test.each([
    ['n\n', 1, 0],
    ['', 1, 0],
    ['y\n', 0, 4],
  ])('asks, and %j decides', async (answer, code, count) => {
    const fake = fakeStage(all());
    const said = await run(fake, { yes: false }, answer);
    expect(said.stdout).toContain('Send these 4 again, as mona? [y/N]');
    expect(said.code).toBe(code);
    expect(fake.sent).toHaveLength(count);
    expect(fake.visible.size + count).toBe(5);
  });

  test('takes nothing where nobody can be asked', async () => {
    const fake = fakeStage(all());
    await expect(run(fake, { yes: false })).rejects.toThrow(Failure);
    expect(fake.visible.size).toBe(5);
  });

  test('keeps to one function, and to so many', async () => {
    const fake = fakeStage(all());
    const { stdout } = await run(fake, { function: 'image-requests', max: 1 });
    expect(fake.sent.map(({ message }) => message)).toEqual(['3']);
    expect(fake.visible.size).toBe(4);
    expect(stdout).toContain('2 messages of others passed over. There are: argocd-sync, event-log, image-requests.');
  });

  test('leaves what somebody else has in hand, and says so', async () => {
    const fake = fakeStage(all());
    await fake.stage.failures.take(10);
    const { code, stdout } = await run(fake);
    expect(code).toBe(0);
    expect(stdout).toBe(
      'There is nothing to take in fairlead-dev-failures. Somebody has 5 messages in hand, for 15 minutes at most.\n',
    );
    expect(fake.sent).toEqual([]);
  });

  test('does not tell the log of what told the log', async () => {
    const first = fakeStage([undelivered('1')]);
    await run(first);
    const told = {
      ...undelivered('2'),
      Body: JSON.stringify({ 'detail-type': failureRedriven.detailType, detail: first.published[0] }),
    };
    const second = fakeStage([told]);
    expect(await run(second)).toMatchObject({ code: 0 });
    expect(second.sent).toHaveLength(1);
    expect(second.published).toEqual([]);
  });

  test('whatever breaks, loses nothing, and deletes only what was accepted and is in the log', async () => {
    const broken = fc.subarray(['1', '2', '3', '4']);
    await fc.assert(
      fc.asyncProperty(broken, broken, broken, async (sending, publishing, removing) => {
        const breaks: Breaks = {
          sending: (message) => sending.includes(message),
          publishing: (subject) => publishing.some((message) => subject.endsWith(`/${message}`)),
          removing: (message) => removing.includes(message),
        };
        const fake = fakeStage(all(), breaks);
        const { code, stderr } = await run(fake);
        const failing = new Set([...sending, ...publishing, ...removing]);
        expect(fake.inHands.size).toBe(0);
        expect([...fake.visible.keys()].sort()).toEqual([...failing, '5'].sort());
        expect(code).toBe(failing.size === 0 ? 0 : 1);
        expect(stderr.split('\n').filter((line) => line.includes('stays in the queue'))).toHaveLength(failing.size);
        expect(new Set(fake.sent.map(({ message }) => message)).size).toBe(fake.sent.length);
      }),
      { numRuns: runs(20, 100) },
    );
  });
});
