import { afterEach, describe, expect, it } from 'vitest';
import { install, protect, uninstall } from './hooks.ts';
import { intentOf, kustomization } from './standard.ts';
import { createWorld, manifest, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);
const pushes = (): number => world.asked().filter((request) => request === 'push pack').length;
const services = (count: number): string[] => Array.from({ length: count }, (_, at) => `s${at}`);
const filesOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [manifest(name), kustomization(name, 'main-0')]));

describe('a server that takes no such commit', () => {
  it.each([
    [
      'protected branch hook declined',
      'error: GH006: Protected branch update failed for refs/heads/main.\nerror: Changes must be made through a pull request.',
    ],
    [
      'push declined due to repository rule violations',
      'error: GH013: Repository rule violations found for refs/heads/main.\n- Changes must be made through a pull request.',
    ],
  ])('(%s) is asked once, and its words are told with what to do', async (reason, words) => {
    world = await createWorld();
    await protect(world.served, reason, words);
    const wishes = [intentOf('main-1', 1), intentOf('main-1', 1, { service: 'ledger' })];
    const writer = world.writer();
    const results = await writer.write(world.repository, wishes, signal());
    expect(pushes()).toBe(1);
    expect(results.map(({ outcome }) => outcome)).toEqual(['declined', 'declined']);
    expect(results[0]).toMatchObject({
      message: expect.stringMatching(
        /^The GitOps repository "main" \(.*, branch main\) could not be written for checkout\/staging, ledger\/staging: .*must be made through a pull request.*Allow Fairlead's user to push to main/,
      ),
    });
    expect(results[0]).toMatchObject({ message: expect.stringContaining(`(${reason})`) });
    expect(await world.subjects()).toEqual(['Start']);
    await uninstall(world.served);
    const written = await writer.write(world.repository, wishes, signal());
    expect(written.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
  });

  it('because of one service holds no other up', async () => {
    const names = services(4);
    world = await createWorld({ files: filesOf(names) });
    const script =
      'while read -r old new ref; do git diff --name-only "$old" "$new" | grep -q s2 && exit 1; done; exit 0';
    await install(world.served, 'pre-receive', script);
    const wishes = names.map((service) => intentOf('main-1', 1, { service }));
    const results = await world.writer().write(world.repository, wishes, signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(
      names.map((service) => (service === 's2' ? 'declined' : 'committed')),
    );
    expect(await world.subjects()).toHaveLength(4);
  });

  it('because of every service is not asked for each of them', async () => {
    const names = services(8);
    world = await createWorld({ files: filesOf(names) });
    await install(world.served, 'pre-receive', 'echo "Changes need a review."; exit 1');
    const wishes = names.map((service) => intentOf('main-1', 1, { service }));
    const results = await world.writer().write(world.repository, wishes, signal());
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['declined']));
    expect(results[7]).toMatchObject({ message: expect.stringContaining('Changes need a review.') });
    expect(pushes()).toBeLessThan(10);
  });

  it('refuses for its own reasons what would not have been pushed', async () => {
    world = await createWorld();
    const writer = world.writer();
    await writer.write(world.repository, [intentOf('main-5', 5)], signal());
    await install(world.served, 'pre-receive', 'exit 1');
    const wishes = [
      intentOf('main-4', 4),
      intentOf('main-6', 6, { environment: 'production' }),
      intentOf('main-5', 5),
      intentOf('main-7', 7, { mode: 'observe' }),
    ];
    expect(await writer.write(world.repository, wishes, signal())).toMatchObject([
      { outcome: 'refused', code: 'not-newer' },
      { outcome: 'declined' },
      { outcome: 'committed' },
      { outcome: 'proposed' },
    ]);
  });
});
