import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runGit } from '#local/git-server/run-git.ts';
import type { Intent } from '#shared/gitops/intent.ts';
import { lockPath, parseLock, targetOf } from '#shared/gitops/lock.ts';
import { digest, intentOf, kustomization, repositoryOf } from './standard.ts';
import { createWorld, manifest, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);
const write = (intents: readonly Intent[], options: Parameters<World['writer']>[0] = {}) =>
  world.writer(options).write(world.repository, intents, signal());

/** Many commits at once, at the server. */
const prolong = async (count: number): Promise<void> => {
  const head = await world.served.head();
  const who = 'committer Ada <ada@acme.dev> 1767225600 +0000';
  const commits = Array.from({ length: count }, (_, at) =>
    [
      `commit refs/heads/main\nmark :${at + 1}\n${who}\ndata 0`,
      `from ${at === 0 ? head : `:${at}`}\nM 100644 inline README.md\ndata 4\n${String(at).padStart(4)}\n`,
    ].join('\n'),
  );
  await runGit(world.served.directory, ['fast-import', '--quiet'], Buffer.from(commits.join('\n')));
};

const lockOf = async (intent: Intent) => {
  const path = lockPath(intent);
  return targetOf(parseLock(path, await world.served.read(path)), intent.target);
};

describe('the first image of a service', () => {
  it('is committed with its lock, and nothing else changes', async () => {
    world = await createWorld();
    const before = await world.served.head();
    const now = new Date('2026-03-01T12:00:00.700Z');
    const [result] = await write([intentOf('main-1', 1)], { now: () => now });
    const head = await world.served.head();
    expect(result).toEqual({
      outcome: 'committed',
      revision: head,
      committedAt: '2026-03-01T12:00:00.000Z',
      files: [manifest('checkout')],
      previous: { tag: 'main-0' },
      first: true,
      diff: expect.stringContaining('-    newTag: main-0 # its tag\n+    newTag: main-1 # its tag\n'),
    });
    expect(await world.read(manifest('checkout'))).toBe(kustomization('checkout', 'main-1'));
    const commits = await world.served.commits(before ?? '0', head ?? '0');
    expect(commits).toMatchObject([
      {
        added: ['.fairlead/checkout/staging.lock'],
        modified: [manifest('checkout')],
        removed: [],
        author: { name: 'Fairlead', email: 'fairlead@users.noreply.github.com' },
      },
    ]);
    expect(commits[0]?.message).toBe(
      [
        'checkout: staging to main-1',
        '',
        'staging/app: main-1 (published, octocat)',
        '',
        'Fairlead-Event: event-checkout-staging-app-main-1-published',
        'Fairlead-Chain: chain-main-1',
        `Source-Commit: ${intentOf('main-1', 1).commit}`,
        `Image: ${repositoryOf('checkout')}:main-1@${digest('checkout main-1')}`,
      ].join('\n'),
    );
  });

  it('is followed by the second, from a warm copy without a fetch', async () => {
    world = await createWorld();
    const writer = world.writer();
    await writer.write(world.repository, [intentOf('main-1', 1)], signal());
    world.asked();
    const [result] = await writer.write(world.repository, [intentOf('main-2', 2)], signal());
    expect(world.asked()).toEqual(['push pack']);
    expect(result).toMatchObject({ outcome: 'committed', previous: { tag: 'main-1' }, first: false });
    expect(await world.subjects()).toEqual(['Start', 'checkout: staging to main-1', 'checkout: staging to main-2']);
  });
});

describe('several intents at once', () => {
  it('of two services are two commits and one push', async () => {
    world = await createWorld();
    const results = await write([intentOf('main-1', 1), intentOf('main-7', 1, { service: 'ledger' })]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(await world.subjects()).toEqual(['Start', 'checkout: staging to main-1', 'ledger: staging to main-7']);
    expect(world.asked().filter((request) => request === 'push pack')).toHaveLength(1);
    const [one, two] = results;
    expect(two).toMatchObject({ revision: await world.served.head() });
    expect(one).not.toMatchObject({ revision: await world.served.head() });
  });

  it('of one service are one commit with the trailers of both', async () => {
    world = await createWorld();
    const results = await write([intentOf('main-1', 1), intentOf('main-1', 1, { environment: 'production' })]);
    const head = await world.served.head();
    expect(results).toMatchObject([
      { revision: head, files: [manifest('checkout')] },
      { revision: head, files: [manifest('checkout', 'production')] },
    ]);
    expect((await world.subjects()).at(-1)).toBe('checkout: production, staging to main-1');
  });

  it('of one place: the newest is written, the older ones are refused, whatever their order', async () => {
    world = await createWorld();
    const results = await write([intentOf('main-1', 1), intentOf('main-3', 3), intentOf('main-2', 2)]);
    expect(results).toMatchObject([{ code: 'not-newer' }, { outcome: 'committed' }, { code: 'not-newer' }]);
    expect(await world.subjects()).toHaveLength(2);
  });

  it('of one place, forward and back: two commits, so that each revision holds its image', async () => {
    world = await createWorld();
    const bad = intentOf('main-2', 2);
    await write([intentOf('main-1', 1)]);
    const back = intentOf('main-1', 1, { reason: 'rollback', expected: bad.image.digest });
    const [forward, backward] = await write([bad, back]);
    expect(forward).toMatchObject({ outcome: 'committed', diff: expect.stringContaining('+    newTag: main-2') });
    expect(backward).toMatchObject({ outcome: 'committed', diff: expect.stringContaining('-    newTag: main-2') });
    expect(await world.subjects()).toEqual([
      'Start',
      'checkout: staging to main-1',
      'checkout: staging to main-2',
      'checkout: roll staging back to main-1 (was main-2)',
    ]);
    expect(await lockOf(bad)).toMatchObject({ current: { tag: 'main-1' }, newest: { tag: 'main-2' }, holds: [{}] });
  });

  it('that name the same event twice get the same result', async () => {
    world = await createWorld();
    const [one, two] = await write([intentOf('main-1', 1), intentOf('main-1', 1)]);
    expect(one).toMatchObject({ outcome: 'committed' });
    expect(two).toEqual(one);
    expect(await world.subjects()).toHaveLength(2);
  });

  it('are not held up by one that is refused', async () => {
    world = await createWorld({
      files: {
        'broken.yaml': 'a: [\n',
        'link.yaml': { link: 'README.md' },
        linked: { link: 'apps/checkout/overlays/staging' },
        '.fairlead/ledger/production.lock': 'no lock',
      },
    });
    const at = (file: string) => intentOf('main-1', 1, { target: file, edits: [{ file, key: 'a' }] });
    const inFolder = (path: string) => intentOf('main-1', 1, { target: path, edits: [{ path }] });
    const results = await write([
      at('broken.yaml'),
      at('../outside.yaml'),
      at('link.yaml'),
      inFolder('linked'),
      inFolder('linked/deeper'),
      inFolder('/etc'),
      inFolder('nowhere'),
      intentOf('main-1', 1, { target: 'none', edits: [] }),
      intentOf('main-1', 1, { service: 'ledger', environment: 'production' }),
      intentOf('main-1', 1),
    ]);
    expect(results.map((result) => (result.outcome === 'refused' ? result.code : result.outcome))).toEqual([
      'not-yaml',
      'unsafe-path',
      'symbolic-link',
      'symbolic-link',
      'symbolic-link',
      'unsafe-path',
      'no-file',
      'no-place',
      'broken-lock',
      'committed',
    ]);
    expect(results[0]).toMatchObject({ message: expect.stringMatching(/^broken\.yaml:\d+ is not YAML: .+/) });
    expect(await world.read('.fairlead/ledger/production.lock')).toBe('no lock');
    expect(await world.subjects()).toHaveLength(2);
  });
});

describe('an intent that comes again', () => {
  it('gets its first result, from the same copy or a new one, whatever came after it', async () => {
    world = await createWorld();
    const intents = [intentOf('main-1', 1), intentOf('main-2', 2, { service: 'ledger' })];
    const writer = world.writer();
    const first = await writer.write(world.repository, intents, signal());
    await writer.write(world.repository, [intentOf('main-5', 5)], signal());
    await world.served.commit({ message: 'By hand', files: { 'README.md': 'changed' } });
    const count = (await world.subjects()).length;
    expect(await writer.write(world.repository, intents, signal())).toEqual(first);
    expect(await write(intents)).toEqual(first);
    expect(await writer.write(world.repository, [intentOf('main-6', 6)], signal())).toMatchObject([
      { outcome: 'committed' },
    ]);
    expect(await world.subjects()).toHaveLength(count + 1);
  });

  it('gets it far down a long history, and where its manifest has gone', async () => {
    world = await createWorld();
    const first = await write([intentOf('main-1', 1)]);
    await prolong(120);
    await world.served.commit({ message: 'Move', files: { [manifest('checkout')]: null } });
    expect(await write([intentOf('main-1', 1)])).toEqual(first);
  });

  it('gets it when it was killed after its push, before anybody heard of it', async () => {
    const faults: ('cut' | undefined)[] = ['cut'];
    world = await createWorld({
      intercept: ({ kind, step }) => (kind === 'push' && step === 'pack' ? faults.pop() : undefined),
    });
    const intent = intentOf('main-1', 1);
    await expect(write([intent])).rejects.toThrow('could not be written for checkout');
    const head = await world.served.head();
    const [result] = await write([intent]);
    expect(result).toMatchObject({ outcome: 'committed', revision: head, previous: { tag: 'main-0' }, first: true });
    expect(await world.subjects()).toHaveLength(2);
  });
});

describe('what is there already', () => {
  it('makes no commit, and names the commit that brought it', async () => {
    world = await createWorld();
    const [first] = await write([intentOf('main-1', 1)]);
    await world.served.commit({ message: 'By hand', files: { 'README.md': 'changed' } });
    const [again] = await write([intentOf('main-1', 1, { event: 'another' })]);
    const revision = first?.outcome === 'committed' ? first.revision : '';
    expect(again).toMatchObject({
      outcome: 'unchanged',
      revision,
      diff: '',
      files: [manifest('checkout')],
      first: false,
    });
  });

  it('is at the head of the branch where Fairlead did not bring it', async () => {
    world = await createWorld();
    const [result] = await write([intentOf('main-0', 1)]);
    expect(result).toMatchObject({ outcome: 'unchanged', revision: await world.served.head(), first: true });
    expect(await world.subjects()).toEqual(['Start']);
  });
});

describe('an environment that only observes', () => {
  it('gets the diff, and nothing is pushed', async () => {
    world = await createWorld();
    const intent = intentOf('main-1', 1, { mode: 'observe' });
    const [result] = await write([intent]);
    expect(result).toEqual({
      outcome: 'proposed',
      files: [manifest('checkout')],
      previous: { tag: 'main-0' },
      first: true,
      diff: expect.stringContaining('+    newTag: main-1'),
    });
    expect(await world.subjects()).toEqual(['Start']);
    expect(world.asked()).not.toContain('push refs');
    expect(await write([intentOf('main-0', 1, { mode: 'observe' })])).toMatchObject([
      { outcome: 'proposed', diff: '' },
    ]);
  });

  it('is told the truth of now, also by a copy that is warm', async () => {
    world = await createWorld();
    const writer = world.writer();
    await writer.write(world.repository, [intentOf('main-1', 1)], signal());
    await world.served.commit({
      message: 'By hand',
      files: { [manifest('checkout')]: kustomization('checkout', 'by-hand') },
    });
    const observed = intentOf('main-2', 2, { mode: 'observe' });
    const [result] = await writer.write(world.repository, [observed], signal());
    expect(result).toMatchObject({ previous: { tag: 'by-hand' } });
  });
});

describe('somebody who is faster', () => {
  it('loses nothing, and neither does Fairlead: the intent is applied again, not the text', async () => {
    let races = 3;
    world = await createWorld({
      beforePush: async (served) => {
        if (races === 0) return;
        races -= 1;
        const content = `# by hand ${races}\n${kustomization('checkout', 'main-0')}`;
        await served.commit({ message: `Race ${races}`, files: { [manifest('checkout')]: content } });
      },
    });
    const [result] = await write([intentOf('main-1', 1)]);
    expect(result).toMatchObject({ outcome: 'committed', revision: await world.served.head() });
    expect(await world.read(manifest('checkout'))).toBe(`# by hand 0\n${kustomization('checkout', 'main-1')}`);
    expect(await world.subjects()).toEqual(['Start', 'Race 2', 'Race 1', 'Race 0', 'checkout: staging to main-1']);
  });

  it('may change the outcome: what is refused on top of theirs is refused', async () => {
    const other = intentOf('main-9', 9);
    const ours = async () => void (await write([other]));
    let race: (() => Promise<void>) | undefined;
    world = await createWorld({
      beforePush: async () => {
        const now = race;
        race = undefined;
        await now?.();
      },
    });
    race = ours;
    expect(await write([intentOf('main-1', 1)])).toMatchObject([{ outcome: 'refused', code: 'not-newer' }]);
    expect((await lockOf(other))?.current.tag).toBe('main-9');
  });

  it('every time is given up after some tries', async () => {
    let count = 0;
    world = await createWorld({
      beforePush: async (served) => {
        count += 1;
        await served.commit({ message: 'Race', files: { 'README.md': `${count}` } });
      },
    });
    await expect(write([intentOf('main-1', 1)], { tries: 2 })).rejects.toThrow('others were faster 2 times');
    expect(count).toBe(2);
  });

  it('is another writer in the same folder: all intents are written once', async () => {
    world = await createWorld();
    const directory = join(world.folder, 'shared');
    const targets = Array.from({ length: 4 }, (_, at) => `t${at}`);
    const results = await Promise.all(
      targets.map((target, at) => write([intentOf(`main-${at + 1}`, at + 1, { target })], { directory })),
    );
    expect(results.flat().every(({ outcome }) => outcome === 'committed')).toBe(true);
    expect(await world.subjects()).toHaveLength(5);
    expect((await readdir(join(directory, (await readdir(directory))[0] ?? ''))).length).toBeLessThanOrEqual(2);
  });
});

describe('the copy that stays warm', () => {
  const copies = async (): Promise<string[]> => {
    const shelf = join(world.folder, 'kept');
    return (await readdir(shelf, { recursive: true }))
      .filter((path) => /\/(free|used)-[^/]*$/.test(path))
      .map((path) => join(shelf, path));
  };

  it('is thrown away and fetched anew when it is broken, however', async () => {
    world = await createWorld();
    const directory = join(world.folder, 'kept');
    const more = [
      (copy: string) => rm(join(copy, 'objects'), { recursive: true }),
      (copy: string) => rm(join(copy, 'HEAD')),
      (copy: string) => writeFile(join(copy, 'refs/fairlead/base'), 'garbage'),
    ];
    const breakers = [
      ...(process.env.FAIRLEAD_SLOW ? more : []),
      (copy: string) => writeFile(join(copy, 'config'), '[core'),
      (copy: string) => writeFile(join(copy, 'refs/fairlead/base'), `${'1'.repeat(40)}\n`),
      (copy: string) => writeFile(join(copy, 'shallow.lock'), ''),
      async (copy: string) => {
        const packs = join(copy, 'objects/pack');
        for (const name of await readdir(packs)) {
          await rm(join(packs, name));
          await writeFile(join(packs, name), 'broken');
        }
      },
    ];
    await write([intentOf('main-1', 1)], { directory });
    for (const [at, breakIt] of breakers.entries()) {
      for (const copy of await copies()) await breakIt(copy);
      await world.served.commit({ message: 'By hand', files: { 'README.md': `${at}` } });
      const [result] = await write([intentOf(`main-${at + 2}`, at + 2)], { directory });
      expect(result).toMatchObject({ outcome: 'committed', previous: { tag: `main-${at + 1}` } });
    }
  });

  it('is thrown away when it has grown too large', async () => {
    world = await createWorld();
    const directory = join(world.folder, 'kept');
    await write([intentOf('main-1', 1)], { directory });
    expect(await copies()).toHaveLength(1);
    await write([intentOf('main-2', 2)], { directory, maxBytes: 100 });
    expect(await copies()).toEqual([]);
  });

  it('is cleared away when its writer is gone', async () => {
    world = await createWorld();
    const directory = join(world.folder, 'kept');
    await write([intentOf('main-1', 1)], { directory });
    const [copy = ''] = await copies();
    // Ids of processes come again: in Lambda, the next process has the id of the one that was killed.
    const left = ['used-4194399-1-left', `used-${process.pid}-1-left`].map((name) => copy.replace(/free-.*$/, name));
    for (const path of left) await writeFile(path, 'half a repository');
    await write([intentOf('main-2', 2)], { directory });
    expect(await copies()).toHaveLength(1);
    for (const path of left) expect(await copies()).not.toContain(path);
  });
});
