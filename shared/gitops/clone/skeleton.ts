import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../intent.ts';

/** The ref that remembers the branch as it was last seen or pushed. */
export const baseRef = 'refs/fairlead/base';

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Nothing is made sure to be on disk (`fsync`): a copy that a crash breaks is fetched again. */
const configuration = ({ url, branch }: GitRepository): string => `[core]
\trepositoryFormatVersion = 0
\tbare = true
\thooksPath = /dev/null
\tlogAllRefUpdates = false
[remote "origin"]
\turl = ${quoted(url)}
\tfetch = ${quoted(`+refs/heads/${branch}:${baseRef}`)}
\ttagOpt = --no-tags
[credential]
\thelper =
[http]
\tfollowRedirects = false
\tlowSpeedLimit = 1
\tlowSpeedTime = 60
[protocol]
\tversion = 2
[push]
\tgpgSign = false
[fastimport]
\tunpackLimit = 1
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;

/** Writes a bare repository that knows its origin: what `git clone` would do in two processes and a round trip. */
export const writeSkeleton = async (directory: string, repository: GitRepository): Promise<void> => {
  await mkdir(join(directory, 'objects/pack'), { recursive: true });
  await mkdir(join(directory, 'refs/fairlead'), { recursive: true });
  await writeFile(join(directory, 'config'), configuration(repository));
  await writeFile(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
};

/** The commit that the branch had when it was last seen here; undefined in a new repository. */
export const readBase = async (directory: string): Promise<string | undefined> => {
  const content = await readFile(join(directory, baseRef), 'utf8').catch(() => '');
  return /^[0-9a-f]{40,64}$/.test(content.trim()) ? content.trim() : undefined;
};

/** Bytes and files below a folder. */
export const weigh = async (directory: string): Promise<{ bytes: number; files: number }> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: files.length };
};
