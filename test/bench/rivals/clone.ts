import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import type { Contender, Course } from '../contender.ts';
import { type Update, withTag } from '../site/check.ts';
import { manifestOf } from '../site/layout.ts';

export interface Way {
  readonly name: string;
  /** Of `git clone`. */
  readonly options: readonly string[];
  /** Check out the manifest's folder only. */
  readonly sparse: boolean;
}

export const plainClone: Way = { name: 'clone, edit, commit, push', options: [], sparse: false };
export const shallowClone: Way = { name: 'with --depth 1', options: ['--depth', '1'], sparse: false };
export const sparseClone: Way = {
  name: 'sparse',
  options: ['--depth', '1', '--filter=blob:none', '--sparse'],
  sparse: true,
};

/** simple-git as a script uses it, with an author in the user's configuration. */
const openGit = async (folder: string): Promise<SimpleGit> => {
  await writeFile(join(folder, '.gitconfig'), '[user]\nname = Rival\nemail = rival@acme.dev\n');
  return simpleGit({ baseDir: folder }).env({ PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C' });
};

/** Clones, edits the manifest and commits. */
export const cloneAndCommit = async (
  { site, url }: Course,
  { service, tag }: Update,
  { options, sparse }: Way,
): Promise<SimpleGit> => {
  const folder = await site.scratch();
  const git = await openGit(folder);
  await git.clone(url, 'work', [...options]);
  await git.cwd(join(folder, 'work'));
  const manifest = manifestOf(service);
  if (sparse) await git.raw('sparse-checkout', 'set', dirname(manifest));
  const file = join(folder, 'work', manifest);
  await writeFile(file, withTag(await readFile(file, 'utf8'), tag));
  await git.add(manifest).commit(`${service}: staging to ${tag}`);
  return git;
};

/** What most scripts do: a clone for each update. */
export const cloning = (way: Way): Contender => ({
  name: way.name,
  async run(course, updates) {
    for (const update of updates) {
      const git = await cloneAndCommit(course, update, way);
      await git.push('origin', course.branch);
    }
  },
});
