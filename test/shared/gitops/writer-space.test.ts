import { randomBytes } from 'node:crypto';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GitRepository } from '#shared/gitops/intent.ts';
import { intentOf, kustomization } from './standard.ts';
import { createWorld, manifest, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const signal = (): AbortSignal => AbortSignal.timeout(25_000);
const kilobyte = 1024;

/** A manifest that weighs, zipped, half of what it weighs here. */
const heavy = (kilobytes: number): Record<string, string> => ({
  [manifest('checkout')]:
    `${kustomization('checkout', 'main-0')}# ${randomBytes((kilobytes * kilobyte) / 2).toString('hex')}\n`,
});

/** Another repository of the same server. */
const another = async (name: string): Promise<GitRepository> => {
  const { url } = await world.server.createRepository(`acme/${name}`, { files: heavy(80) });
  return { name, url, branch: 'main' };
};

const weigh = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Git where no file may be larger: its own words for a disk that is full are other ones, its way out is the same. */
const crampedGit = async (kilobytes: number): Promise<string> => {
  const binary = join(world.folder, `git-of-${kilobytes}-kilobytes`);
  await writeFile(binary, `#!/bin/bash\ntrap '' XFSZ\nulimit -f ${kilobytes}\nexec git "$@"\n`);
  await chmod(binary, 0o755);
  return binary;
};

describe('the temporary space', () => {
  it('is bounded over all repositories: the copies that were not used for longest go', async () => {
    world = await createWorld({ files: heavy(80) });
    const directory = join(world.folder, 'kept');
    const most = 300 * kilobyte;
    const writer = world.writer({ directory, maxBytes: 150 * kilobyte, maxTotalBytes: most });
    const repositories = [world.repository, await another('second'), await another('third'), await another('fourth')];
    for (const [at, repository] of repositories.entries()) {
      await writer.write(repository, [intentOf(`main-${at + 1}`, at + 1)], signal());
      expect(await weigh(directory)).toBeLessThan(most);
    }
    const asked = async (repository: GitRepository, minute: number): Promise<string[]> => {
      world.asked();
      await writer.write(repository, [intentOf(`main-${minute}`, minute)], signal());
      return world.asked();
    };
    expect(await asked(repositories[3]!, 10)).not.toContain('fetch pack');
    expect(await asked(repositories[0]!, 11)).toContain('fetch pack');
  });

  it('that is full costs the copies that nobody uses, and nothing of ours stays behind', async () => {
    world = await createWorld({ files: heavy(400) });
    const directory = join(world.folder, 'kept');
    const small = await another('small');
    await world.writer({ directory }).write(small, [intentOf('main-1', 1)], signal());
    const binary = await crampedGit(100);
    const write = (options: Parameters<World['writer']>[0]) =>
      world.writer({ directory, ...options }).write(world.repository, [intentOf('main-1', 1)], signal());
    await expect(write({ binary })).rejects.toThrow('Give the function more temporary storage.');
    expect(await weigh(directory)).toBe(0);
    expect(await world.subjects()).toEqual(['Start']);
    expect(await write({})).toMatchObject([{ outcome: 'committed' }]);
  });

  it('that is full while a commit is made loses nothing, and nothing half is pushed', async () => {
    world = await createWorld({ files: heavy(400) });
    const directory = join(world.folder, 'kept');
    await world.writer({ directory }).write(world.repository, [intentOf('main-1', 1)], signal());
    const write = (options: Parameters<World['writer']>[0]) =>
      world.writer({ directory, ...options }).write(world.repository, [intentOf('main-2', 2)], signal());
    world.asked();
    await expect(write({ binary: await crampedGit(100) })).rejects.toThrow('more temporary storage');
    expect(world.asked()).not.toContain('push pack');
    expect(await write({})).toMatchObject([{ outcome: 'committed', previous: { tag: 'main-1' } }]);
  });
});
