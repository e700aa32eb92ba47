import { runGit } from '#local/git-server/run-git.ts';
import { manifestOf } from './layout.ts';
import type { Served } from './site.ts';

/** One image that a service's staging should run. */
export interface Update {
  readonly service: string;
  readonly tag: string;
  /** Later ones are newer: the minute at which the image was pushed. */
  readonly minute: number;
}

/** A manifest with another tag: all that an update may change of it. */
export const withTag = (manifest: string, tag: string): string => {
  const changed = manifest.replace(/^(\s+newTag: )\S+/m, `$1${tag}`);
  if (changed === manifest) throw new Error(`there is no tag to change to ${tag} in a manifest`);
  return changed;
};

/** The commit of the branch, as the server has it. */
export const headOf = async ({ directory, branch }: Served): Promise<string> =>
  (await runGit(directory, ['rev-parse', `refs/heads/${branch}`])).toString('utf8').trim();

interface Changed {
  readonly path: string;
  readonly removed: string[];
  readonly added: string[];
}

/** What is different between two commits, without Fairlead's own locks: the lines of each file. */
const changesBetween = async (directory: string, before: string, after: string): Promise<Changed[]> => {
  const options = ['--no-color', '--no-ext-diff', '--no-renames', '--unified=0'];
  const printed = await runGit(directory, ['diff', ...options, before, after, '--', '.', ':(exclude).fairlead']);
  const files = printed.toString('utf8').split(/^diff --git /m);
  return files.slice(1).map((file) => {
    const lines = file.split('\n');
    const start = lines.findIndex((line) => line.startsWith('@@'));
    const hunks = lines.slice(start).filter((line) => !line.startsWith('@@'));
    const of = (sign: string) => hunks.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    return { path: / b\/(.*)$/.exec(lines[0] ?? '')?.[1] ?? '', removed: of('-'), added: of('+') };
  });
};

/**
 * What the server should have after some updates, or else this throws: one commit for each on top of what was there, that
 * change these manifests, nothing else but Fairlead's own locks, and of each manifest nothing but the tag.
 */
export const checkUpdates = async (served: Served, before: string, updates: readonly Update[]) => {
  const after = await headOf(served);
  const commits = await runGit(served.directory, ['rev-list', '--count', `${before}..${after}`]);
  if (Number(commits) !== updates.length) throw new Error(`${commits} commits instead of ${updates.length}`);
  const changed = new Map((await changesBetween(served.directory, before, after)).map((file) => [file.path, file]));
  if (changed.size !== updates.length) throw new Error(`changed ${[...changed.keys()].join()}`);
  for (const { service, tag } of updates) {
    const { removed, added } = changed.get(manifestOf(service)) ?? { removed: [], added: [] };
    const [was = '', is] = [removed[0], added[0]];
    if (removed.length !== 1 || added.length !== 1 || is !== withTag(was, tag))
      throw new Error(`${service} is not at ${tag}: ${[...removed, ...added].join(' → ')}`);
  }
};
