import { afterEach, describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { imageCommitted, imageRefused } from '#events/images.ts';
import type { Fault } from '#local/git-server/service.ts';
import { protect, uninstall } from '../../shared/gitops/hooks.ts';
import { checkout } from '../rollback-trigger/deployment.ts';
import { manifest, manifestOf, wish } from './gitops.ts';
import { openQueued, type Queued } from './queued.ts';

let queued: Queued | undefined;

afterEach(async () => {
  await queued?.end();
});

const open = async (...args: Parameters<typeof openQueued>): Promise<Queued> => {
  queued = await openQueued(...args);
  return queued;
};

const refusalsIn = (events: readonly AnyEvent[]) =>
  events.filter(imageRefused.is).map(({ data }) => data.subject.content);

describe('a request whose repository', () => {
  it('is away goes back ten times, is told of and kept with the reason, and is written when it is sent again', async () => {
    let fault: Fault | undefined = { status: 401 };
    const queued = await open({ intercept: () => fault });
    queued.send(wish(1));
    while (queued.waiting() > 0) await queued.deliver();
    expect(queued.returned).toHaveLength(9);
    for (const seconds of queued.returned) expect(seconds >= 2 && seconds <= 30).toBe(true);
    const reason = expect.stringMatching(
      /^The GitOps repository "main" \(http.*, branch main\) could not be written for checkout\/staging: .*Check that the token/,
    );
    expect(queued.aside).toMatchObject([{ reason }]);
    expect(refusalsIn(queued.published)).toMatchObject([{ code: 'not-written', message: reason }]);
    expect(refusalsIn(queued.published)[0]?.message).toContain('kept in the failure queue');
    await queued.expectNothingLost();
    fault = undefined;
    queued.redrive();
    await queued.deliver();
    expect(queued.published.filter(imageCommitted.is)).toHaveLength(1);
    await queued.expectNothingLost();
  });

  it('protects its branch is told of at once, and is written when that has changed and it is sent again', async () => {
    const queued = await open({});
    await protect(queued.served, 'protected branch hook declined', 'error: GH006: Protected branch update failed.');
    queued.send(wish(1));
    await queued.deliver();
    expect(queued.returned).toEqual([]);
    const reason = expect.stringContaining('GH006: Protected branch update failed.');
    expect(queued.aside).toMatchObject([{ reason }]);
    expect(refusalsIn(queued.published)).toMatchObject([{ code: 'push-declined', message: reason }]);
    await queued.expectNothingLost();
    await uninstall(queued.served);
    queued.redrive();
    await queued.deliver();
    expect(queued.published.filter(imageCommitted.is)).toHaveLength(1);
    await queued.expectNothingLost();
  });

  it('was away, and has a newer image by the time that it is sent again, is refused for that', async () => {
    let fault: Fault | undefined;
    const queued = await open({ intercept: () => fault });
    fault = { status: 500 };
    queued.send(wish(1));
    while (queued.waiting() > 0) await queued.deliver();
    fault = undefined;
    queued.send(wish(2));
    await queued.deliver();
    queued.redrive();
    await queued.deliver();
    expect(refusalsIn(queued.published)).toMatchObject([{ code: 'not-written' }, { code: 'not-newer' }]);
    expect(new Set(queued.published.map(({ id }) => id)).size).toBe(3);
    await queued.expectNothingLost();
  });

  it('hangs goes back before Lambda ends the invocation', async () => {
    let hangs = true;
    const queued = await open({ intercept: () => (hangs ? 'hang' : undefined) });
    queued.send(wish(1));
    await queued.deliver({ milliseconds: 2300 });
    expect(queued.waiting()).toBe(1);
    await queued.expectNothingLost();
    hangs = false;
    await queued.deliver();
    expect(queued.published.filter(imageCommitted.is)).toHaveLength(1);
    await queued.expectNothingLost();
  });
});

describe.each(['before the push has seen the branch', 'after the push has seen the branch'])(
  'somebody else who pushes between each fetch and each push, %s,',
  (moment) => {
    const step = moment.startsWith('before') ? 'refs' : 'pack';
    // A writer asks for the refs once: from then on a push says what it expects, and the server decides.
    const most = step === 'refs' ? 1 : 2;

    /** Opens with somebody who is faster so many times. */
    const openRace = async (times: number, tries?: number) => {
      const foreign: string[] = [];
      const race = { left: times };
      const queued: Queued = await open(
        {
          intercept: async (request) => {
            if (request.kind !== 'push' || request.step !== step || race.left === 0) return undefined;
            race.left -= 1;
            const files = { 'README.md': `${foreign.length}` };
            foreign.push(await queued.served.commit({ message: 'By hand', files }));
            return undefined;
          },
        },
        { ...(tries !== undefined && { tries }) },
      );
      return { queued, foreign, race };
    };

    it('is given way to, and loses nothing either', async () => {
      const { queued, foreign } = await openRace(2);
      queued.send(wish(1), wish(2));
      await queued.deliver();
      expect(foreign).toHaveLength(most);
      expect(queued.waiting()).toBe(0);
      expect(await queued.read(manifest(checkout.service))).toBe(manifestOf(checkout.service, { app: 2 }));
      await queued.expectNothingLost(foreign);
    });

    it.runIf(step === 'pack')('without an end sends requests back to the queue after some tries', async () => {
      const { queued, foreign, race } = await openRace(Number.POSITIVE_INFINITY, 2);
      queued.send(wish(1));
      await queued.deliver();
      expect(foreign).toHaveLength(2);
      expect(queued.waiting()).toBe(1);
      await queued.expectNothingLost(foreign);
      race.left = 0;
      await queued.deliver();
      expect(queued.published.filter(imageCommitted.is)).toHaveLength(1);
      await queued.expectNothingLost(foreign);
    });
  },
);
