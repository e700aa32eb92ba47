import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Change, importCommit } from './import-commit.ts';
import { runGit } from './run-git.ts';

export interface RepositoryOptions {
  /** @default 'main' */
  branch?: string;
  /** The files of a first commit; without them the repository is empty. */
  files?: Readonly<Record<string, Change>>;
  /** Who pushes must show it, as the password of the user `x-access-token`. */
  token?: string;
  /** Who only reads must show the token, too. */
  private?: boolean;
}

/** A commit as a forge tells of it. */
export interface PushedCommit {
  id: string;
  message: string;
  /** ISO 8601, UTC. */
  timestamp: string;
  author: { name: string; email: string };
  added: string[];
  removed: string[];
  modified: string[];
}

export interface NewCommit {
  files: Readonly<Record<string, Change>>;
  message: string;
  branch?: string;
  author?: { name: string; email: string };
}

export interface ServedRepository {
  name: string;
  url: string;
  branch: string;
  directory: string;
  token: string | undefined;
  /** Further tokens that open it, too: those that come and go. */
  tokens: Set<string>;
  private: boolean;
  /** The commit of a branch; undefined when there is none. */
  head(branch?: string): Promise<string | undefined>;
  read(path: string, revision?: string): Promise<Buffer>;
  /** Commits at the server itself: no push, so `onPush` is not called. */
  commit(commit: NewCommit): Promise<string>;
  /** The commits that a push brought, oldest first, at most `limit`. */
  commits(before: string, after: string, limit?: number): Promise<PushedCommit[]>;
}

const noCommit = /^0+$/;
const separator = '\x1e';

/** What `--name-status -z` prints: a letter, the path, a letter, the path … */
const pathsBy = (names: string): ((letter: string) => string[]) => {
  const fields = names.replace(/^[\0\n]+/, '').split('\0');
  return (letter) => fields.filter((_, at) => at % 2 === 1 && fields[at - 1] === letter);
};

const parseCommit = (record: string): PushedCommit => {
  const [head = '', names = ''] = record.split('\x1d');
  const [id = '', seconds = '', name = '', email = '', message = ''] = head.split('\x1f');
  const changed = pathsBy(names);
  return {
    id,
    message: message.trimEnd(),
    timestamp: new Date(Number(seconds) * 1000).toISOString(),
    author: { name, email },
    added: changed('A'),
    removed: changed('D'),
    modified: changed('M'),
  };
};

const listCommits = async (directory: string, before: string, after: string, limit: number) => {
  if (noCommit.test(after)) return [];
  const range = noCommit.test(before) ? [after] : [after, `^${before}`];
  const format = `--format=${separator}%H\x1f%ct\x1f%an\x1f%ae\x1f%B\x1d`;
  const shown = [
    'log',
    '-z',
    '--no-renames',
    '--diff-merges=first-parent',
    '--name-status',
    '--root',
    `--max-count=${limit}`,
    format,
  ];
  const printed = await runGit(directory, [...shown, ...range, '--']);
  const records = printed.toString('utf8').split(separator).slice(1);
  return records.map(parseCommit).reverse();
};

/** Written as git writes them: six starts of `git config` take longer than all else that makes a repository. */
const settings = `[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[receive]
\tautogc = false
[gc]
\tauto = 0
[core]
\thooksPath = /dev/null
`;

/** Makes a bare repository on disk, ready to be served. */
export const createServedRepository = async (
  directory: string,
  { name, url }: { name: string; url: string },
  options: RepositoryOptions,
): Promise<ServedRepository> => {
  const { branch: main = 'main', files, token } = options;
  await mkdir(directory, { recursive: true });
  await runGit(directory, ['init', '--bare', '--template=', `--initial-branch=${main}`, '.']);
  await appendFile(join(directory, 'config'), settings);

  const head = async (branch = main): Promise<string | undefined> => {
    const found = await runGit(directory, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
    return found.toString('utf8').trim() || undefined;
  };
  const repository: ServedRepository = {
    name,
    url,
    branch: main,
    directory,
    token,
    tokens: new Set(),
    private: options.private ?? false,
    head,
    read: (path, revision = main) => runGit(directory, ['cat-file', 'blob', `${revision}:${path}`]),
    commit: async ({ branch = main, ...commit }) => importCommit(directory, { ...commit, branch }, await head(branch)),
    commits: (before, after, limit = 100) => listCommits(directory, before, after, limit),
  };
  if (files !== undefined) await repository.commit({ files, message: 'Start' });
  return repository;
};
