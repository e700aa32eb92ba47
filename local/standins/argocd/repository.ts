import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverEnvironment } from '../../git-server/run-git.ts';

export interface Snapshot {
  readonly revision: string;
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>;
}

export interface Repository {
  /** The branch as it is at the server now. */
  fetch(branch: string): Promise<Snapshot>;
}

const run = promisify(execFile);

const credentials = (token: string | undefined): Record<string, string> =>
  token === undefined
    ? {}
    : {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'http.extraHeader',
        GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
      };

/** A GitOps repository, read by real git over HTTP into a bare mirror. */
const createRepository = (folder: string, url: string, token: string | undefined): Repository => {
  const env = { ...serverEnvironment(folder), ...credentials(token) };
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  let last: Promise<unknown> = mkdir(folder, { recursive: true }).then(() => git('init', '--bare', '--template=', '.'));

  const fetch = async (branch: string): Promise<Snapshot> => {
    const ref = `refs/heads/${branch}`;
    await git('fetch', '--depth=1', '--no-tags', url, `+${ref}:${ref}`);
    const revision = (await git('rev-parse', ref)).trim();
    return {
      revision,
      read: async (path) => {
        const listed = await git('ls-tree', '-z', revision, '--', path);
        return listed === '' ? undefined : git('cat-file', 'blob', `${revision}:${path}`);
      },
    };
  };

  return {
    // One after another: two fetches can't update one ref.
    fetch: (branch) => {
      const fetched = last.then(() => fetch(branch));
      last = fetched.catch(() => undefined);
      return fetched;
    },
  };
};

/** The repositories by their public URL; `resolve` tells where each is served. */
export const createRepositories = (root: string, resolve: (repoUrl: string) => string, token: string | undefined) => {
  const known = new Map<string, Repository>();
  return (repoUrl: string): Repository => {
    const found = known.get(repoUrl) ?? createRepository(join(root, `${known.size}.git`), resolve(repoUrl), token);
    known.set(repoUrl, found);
    return found;
  };
};
