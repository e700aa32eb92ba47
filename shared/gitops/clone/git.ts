import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import type { Gateway, Passage } from '../gateway/gateway.ts';
import type { GitRepository } from '../intent.ts';
import type { SshAgent } from '../ssh/agent.ts';
import { allowedEnvironment, authorizationOf, gitEnvironment } from './environment.ts';

/** Git ended with something else than success. simple-git would lose an error that is not its own. */
export class GitFailure extends GitError {
  readonly stdout: string;
  readonly stderr: string;

  constructor(stdout: string, stderr: string, exitCode: number | null) {
    super(undefined, stderr.trim() || stdout.trim() || `git ended with ${exitCode ?? 'a signal'}`);
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/**
 * Says that origin has what a filter leaves out. Not in the repository's configuration: there, `cat-file` would fail on a
 * missing blob instead of naming it.
 */
export const withOrigin = ['-c', 'remote.origin.promisor=true', '-c', 'remote.origin.partialCloneFilter=blob:none'];

/** The beginning of every fetch. No `FETCH_HEAD`, no tags. */
export const fetchCommand = [...withOrigin, 'fetch', '--progress', '--no-tags', '--no-write-fetch-head'];

export interface GitOptions {
  readonly directory: string;
  readonly repository: GitRepository;
  /** Our own environment, of which git sees a few names only. */
  readonly ambient: Readonly<Record<string, string | undefined>>;
  readonly binary?: string | undefined;
  readonly signal: AbortSignal;
  /** Of a repository that is reached by SSH. */
  readonly agent?: SshAgent | undefined;
  /** By which git reaches the repository, unless it must go by itself. */
  readonly gateway?: Gateway | undefined;
}

interface Run {
  readonly input?: string | Buffer;
  /** Let git fetch what a filter has left out, object by object. */
  readonly lazy?: boolean;
  /** What a push expects, `<id> <ref>`: the server need not be asked for its refs first. */
  readonly base?: string;
}

export interface Git {
  readonly directory: string;
  text(args: readonly string[], run?: Run): Promise<string>;
  /** `git cat-file`, whose output may be any bytes. */
  catFile(args: readonly string[], run?: Run): Promise<Buffer>;
}

type Ended = { exitCode: number; stdOut: Buffer[]; stdErr: Buffer[] };

/** In git's words, as if there were no gateway between it and the server. */
const direct = (text: string, passage: Passage | undefined, { url }: GitRepository): string => {
  if (passage === undefined) return text;
  const failure = passage.failure();
  return text
    .replaceAll(passage.url, url)
    .replaceAll(passage.pass, '***')
    .replaceAll('The requested URL returned error: 502', (said) => (failure ? `Failed to connect: ${failure}` : said));
};

const failureOf =
  (passage: Passage | undefined, repository: GitRepository) =>
  (error: Buffer | Error | undefined, { exitCode, stdOut, stdErr }: Ended): Error | undefined => {
    if (error instanceof Error && !(error instanceof GitFailure) && exitCode === 0) return error;
    // Left alone, simple-git takes a git that was killed, or that failed without a word, for a success.
    if (exitCode === 0) return undefined;
    const [stdout, stderr] = [stdOut, stdErr].map((pieces) =>
      direct(Buffer.concat(pieces).toString(), passage, repository),
    );
    return new GitFailure(stdout ?? '', stderr ?? '', exitCode);
  };

/** Runs git in one folder. A command that prints nothing costs 50 ms more than one that prints: never `--quiet`. */
export const createGit = ({ directory, repository, ambient, binary, signal, gateway, agent }: GitOptions): Git => {
  const remote = { url: repository.url, authorization: authorizationOf(repository) };
  const prepare = async ({ input, lazy = false, base }: Run): Promise<{ git: SimpleGit }> => {
    const passage = await gateway?.admit(remote);
    const git = simpleGit({
      baseDir: directory,
      abort: signal,
      allowEnvironment: allowedEnvironment,
      unsafe: {
        allowUnsafeConfigEnvCount: true,
        allowUnsafeExec: true,
        allowUnsafeUrlRewrite: true,
        allowUnsafeSshCommand: true,
      },
      errors: failureOf(passage, repository),
      ...(binary !== undefined && { binary }),
      ...(input !== undefined && { input: () => input }),
    }).env(gitEnvironment(ambient, repository, { home: directory, lazy, passage, base, agent }));
    return { git }; // alone, it would be awaited: simple-git is thenable
  };
  return {
    directory,
    text: async (args, run = {}) => (await prepare(run)).git.raw([...args]),
    catFile: async (args, run = {}) => {
      const output: unknown = await (await prepare(run)).git.binaryCatFile([...args]);
      if (!Buffer.isBuffer(output)) throw new TypeError('git cat-file gave no bytes');
      return output;
    },
  };
};
