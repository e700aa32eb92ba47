import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import type { Intent, Wish } from '#shared/gitops/intent.ts';
import { lockPath, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { offerBranch } from '#shared/gitops/offers/offer.ts';
import type { Writer } from '#shared/gitops/writer.ts';
import { digest, intentOf, kustomization } from './standard.ts';
import { createWorld, manifest, type World } from './world.ts';

let world: World;
let writer: Writer;

let start: string;

beforeAll(async () => {
  world = await createWorld();
  // Each commit has a second of its own: else a test could make the very commit of another.
  let seconds = 0;
  writer = world.writer({ now: () => new Date(Date.UTC(2026, 2, 1) + 1000 * seconds++) });
  start = (await world.served.head()) ?? '';
});
/** One repository for all, which is as it was before each. */
beforeEach(async () => {
  await git('update-ref', 'refs/heads/main', start);
  await git('update-ref', '-d', `refs/heads/${branch}`);
  world.asked();
});
afterAll(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);

const place = {
  service: 'checkout',
  environment: 'staging',
  edits: { app: [{ path: 'apps/checkout/overlays/staging' }] },
  pin: false,
  newestBy: 'time' as const,
};
const branch = offerBranch(place);

/** Where no pull request is open, the last one has ended at what stands on the branch. */
const offer = async (wishes: readonly Wish[], isOpen = false, where = place) => {
  const head = await world.served.head(branch);
  const ended = isOpen || head === undefined ? [] : [head];
  return writer.offer(world.repository, where, wishes, { isOpen, ended }, signal());
};

const onBranch = async (path = manifest('checkout')) => (await world.served.read(path, branch)).toString();
const lockOn = async (revision: string) => {
  const path = lockPath(place);
  return targetOf(parseLock(path, await world.served.read(path, revision)), 'app');
};
const git = async (...args: string[]): Promise<string> =>
  (await runGit(world.served.directory, ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.dev', ...args]))
    .toString()
    .trim();
/** How many commits the branch has that the base has not. */
const ahead = async (): Promise<number> => Number(await git('rev-list', '--count', branch, '^main'));
const merge = async (): Promise<string> => {
  const tree = (await git('merge-tree', '--write-tree', 'main', branch)).split('\n')[0] ?? '';
  const commit = await git('commit-tree', tree, '-p', 'main', '-p', branch, '-m', 'Merge pull request #1');
  await git('update-ref', 'refs/heads/main', commit);
  return commit;
};

const rollback = (to: string, minute: number, instead: string): Intent =>
  intentOf(to, minute, { reason: 'rollback', expected: digest(`checkout ${instead}`) });

describe('an image that is offered', () => {
  it('is on a branch of its place, on top of the base, which stays as it is', async () => {
    const { results, standing, replaced } = await offer([intentOf('main-1', 1)]);
    expect(results).toMatchObject([
      { outcome: 'offered', files: [manifest('checkout')], previous: { tag: 'main-0' }, first: true },
    ]);
    expect(standing).toMatchObject({
      branch,
      base: await world.served.head(),
      wishes: [{ event: intentOf('main-1', 1).event }],
    });
    expect(standing?.revision).toBe(await world.served.head(branch));
    expect(replaced).toEqual([]);
    expect(await onBranch()).toBe(kustomization('checkout', 'main-1'));
    expect(await world.subjects()).toEqual(['Start']);
    expect(await git('log', '-1', '--format=%s', branch)).toBe('checkout: staging to main-1');
  });

  it('is the same when it comes again, without a push', async () => {
    const first = await offer([intentOf('main-1', 1)]);
    world.asked();
    const second = await offer([intentOf('main-1', 1)], true);
    expect(second).toEqual({ ...first, standing: { ...first.standing, wishes: expect.anything() } });
    expect(world.asked()).not.toContain('push pack');
  });

  it('is replaced by a newer one, in one commit, and is named as replaced', async () => {
    await offer([intentOf('main-1', 1)]);
    const { results, replaced } = await offer([intentOf('main-2', 2)], true);
    expect(results).toMatchObject([{ outcome: 'offered', previous: { tag: 'main-0' } }]);
    expect(replaced).toMatchObject([
      { event: intentOf('main-1', 1).event, chain: 'chain-main-1', actor: 'octocat', image: { tag: 'main-1' } },
    ]);
    expect(await ahead()).toBe(1);
    expect(await onBranch()).toContain('newTag: main-2');
  });

  it('is refused where something newer is open, and nothing is pushed', async () => {
    await offer([intentOf('main-2', 2)]);
    const before = await world.served.head(branch);
    expect((await offer([intentOf('main-1', 1)], true)).results).toMatchObject([{ code: 'not-newer' }]);
    expect(await world.served.head(branch)).toBe(before);
  });

  it('is applied again where the base has moved, with what is there now', async () => {
    await offer([intentOf('main-1', 1)]);
    const moved = `${kustomization('checkout', 'main-0')}namePrefix: x-\n`;
    await world.served.commit({ files: { [manifest('checkout')]: moved }, message: 'Prefix' });
    await offer([intentOf('main-2', 2)], true);
    expect(await onBranch()).toBe(moved.replace('main-0', 'main-2'));
    expect(await ahead()).toBe(1);
  });

  it('of another target joins what is open', async () => {
    const files = {
      [manifest('checkout')]: `${kustomization('checkout', 'main-0')}  - name: registry/worker\n    newTag: main-0\n`,
    };
    await world.served.commit({ files, message: 'Worker' });
    const two = { ...place, edits: { ...place.edits, worker: place.edits.app } };
    await offer([intentOf('main-1', 1)], false, two);
    const image = { repository: 'registry/worker', tag: 'main-1', digest: digest('worker main-1') };
    const { standing } = await offer([intentOf('main-1', 1, { target: 'worker', image })], true, two);
    expect(standing?.wishes).toHaveLength(2);
    expect(await onBranch()).toMatch(/newTag: main-1[\s\S]+newTag: main-1/);
    expect(await git('log', '-1', '--format=%(trailers:key=Fairlead-Event,valueonly)', branch)).toMatch(/\S+\n\S+/);
  });

  it('keeps what another writer has just put there, for which there is no pull request yet', async () => {
    const files = {
      [manifest('checkout')]: `${kustomization('checkout', 'main-0')}  - name: registry/worker\n    newTag: main-0\n`,
    };
    await world.served.commit({ files, message: 'Worker' });
    const two = { ...place, edits: { ...place.edits, worker: place.edits.app } };
    const image = { repository: 'registry/worker', tag: 'main-1', digest: digest('worker main-1') };
    const wishes = [intentOf('main-1', 1), intentOf('main-1', 1, { target: 'worker', image })];
    const other = world.writer();
    const none = { isOpen: false, ended: [] };
    const offered = await Promise.all(
      wishes.map((wish, at) => [writer, other][at]!.offer(world.repository, two, [wish], none, signal())),
    );
    expect(offered.flatMap(({ results }) => results.map(({ outcome }) => outcome))).toEqual(['offered', 'offered']);
    expect(await onBranch()).toMatch(/newTag: main-1[\s\S]+newTag: main-1/);
    expect(await ahead()).toBe(1);
  });

  it('is built anew for a new pull request where the base has moved meanwhile', async () => {
    await offer([intentOf('main-1', 1)]);
    await world.served.commit({ files: { other: 'x' }, message: 'Else' });
    const none = { isOpen: false, ended: [] };
    const { standing } = await writer.offer(world.repository, place, [intentOf('main-1', 1)], none, signal());
    expect(standing).toMatchObject({ base: await world.served.head(), revision: await world.served.head(branch) });
    expect(await git('rev-parse', `${branch}^`)).toBe(await world.served.head());
  });

  it('starts anew where the last pull request was closed', async () => {
    await offer([intentOf('main-2', 2)]);
    const { results } = await offer([intentOf('main-1', 1)]);
    expect(results).toMatchObject([{ outcome: 'offered' }]);
    expect(await onBranch()).toContain('newTag: main-1');
  });

  it('is committed already where a person wrote it to the base', async () => {
    await world.served.commit({
      files: { [manifest('checkout')]: kustomization('checkout', 'main-1') },
      message: 'By hand',
    });
    const { results, standing } = await offer([intentOf('main-1', 1)]);
    expect(results).toMatchObject([{ outcome: 'unchanged', revision: await world.served.head() }]);
    expect(standing).toBeUndefined();
    expect(await world.served.head(branch)).toBeUndefined();
  });
});

describe('a person', () => {
  it('who commits to the branch is not built over', async () => {
    await offer([intentOf('main-1', 1)]);
    await world.served.commit({ branch, files: { 'README.md': 'mine\n' }, message: 'Tell why' });
    const mine = await world.served.head(branch);
    expect((await offer([intentOf('main-2', 2)], true)).results).toMatchObject([
      { code: 'branch-taken', message: expect.stringMatching(/"Tell why"\).*Merge or close/) },
    ]);
    expect(await world.served.head(branch)).toBe(mine);
  });

  it('who brings the branch up to date by a merge is no obstacle, unless the merge hides a commit', async () => {
    await offer([intentOf('main-1', 1)]);
    const update = async () => {
      await world.served.commit({ files: { other: String(Math.random()) }, message: 'Else' });
      const tree = (await git('merge-tree', '--write-tree', branch, 'main')).split('\n')[0] ?? '';
      const commit = await git('commit-tree', tree, '-p', branch, '-p', 'main', '-m', 'Merge branch main');
      await git('update-ref', `refs/heads/${branch}`, commit);
    };
    await update();
    expect((await offer([intentOf('main-2', 2)], true)).results).toMatchObject([{ outcome: 'offered' }]);
    expect(await ahead()).toBe(1);
    await world.served.commit({ branch, files: { 'README.md': 'mine\n' }, message: 'Tell why' });
    await update();
    expect((await offer([intentOf('main-3', 3)], true)).results).toMatchObject([{ code: 'branch-taken' }]);
  });
});

describe('a merge', () => {
  it('brings what was offered, with what was said of it, and no more', async () => {
    const [base, wish] = [(await world.served.head()) ?? '', intentOf('main-1', 1)];
    await offer([wish]);
    await world.served.commit({ files: { other: 'x' }, message: 'Else' });
    const to = await merge();
    const brought = await writer.brought(world.repository, place, { from: base, to }, signal());
    expect(brought).toMatchObject([
      {
        ...{
          target: 'app',
          event: wish.event,
          chain: wish.chain,
          commit: wish.commit,
          tag: 'main-1',
          order: wish.order,
        },
        ...{ files: [manifest('checkout')], previous: { tag: 'main-0' }, first: true },
        diff: expect.stringContaining('+    newTag: main-1'),
      },
    ]);
    expect((await offer([wish])).results).toMatchObject([{ outcome: 'committed' }]);
    const next = await offer([intentOf('main-2', 2)]);
    expect(next.results).toMatchObject([{ outcome: 'offered', previous: { tag: 'main-1' } }]);
    const head = next.standing?.revision ?? '';
    expect(await writer.brought(world.repository, place, { from: to, to: head }, signal())).toMatchObject([
      { tag: 'main-2' },
    ]);
  });
});

describe('a rollback', () => {
  it('is offered with its hold, keeps them when it is applied again, and gives way to a newer image', async () => {
    await writer.write(world.repository, [intentOf('main-1', 1)], signal());
    await writer.write(world.repository, [intentOf('main-2', 2)], signal());
    const { results } = await offer([rollback('main-1', 1, 'main-2')]);
    expect(results).toMatchObject([{ outcome: 'offered', previous: { tag: 'main-2' } }]);
    expect((await lockOn(branch))?.holds).toMatchObject([{ digest: digest('checkout main-2') }]);
    expect((await lockOn('main'))?.holds).toEqual([]);
    // Who asks for the held image meets the hold, though nobody has merged it yet.
    const again = intentOf('main-2', 2, { event: 'again', reason: 'request' });
    expect((await offer([again], true)).results).toMatchObject([{ code: 'held' }]);

    const held = digest('checkout main-9');
    const { image: _, edits: __, ...asked } = intentOf('x', 9, { event: 'hold' });
    const hold = { ...asked, action: 'hold' as const, digest: held };
    const joined = await offer([hold], true);
    expect(joined.results).toMatchObject([{ outcome: 'recorded', changed: true }]);
    expect(joined.standing?.wishes).toHaveLength(2);
    expect((await lockOn(branch))?.holds.map((one) => one.digest).sort()).toEqual(
      [held, digest('checkout main-2')].sort(),
    );

    const { replaced } = await offer([intentOf('main-3', 3)], true);
    expect(replaced).toMatchObject([{ reason: 'rollback' }]);
    expect(await onBranch()).toContain('newTag: main-3');
    expect((await lockOn(branch))?.holds).toMatchObject([{ digest: digest('checkout main-2') }, { digest: held }]);
  });
});
