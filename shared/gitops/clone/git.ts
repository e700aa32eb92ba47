import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import type { GitRepository } from '../intent.ts';
import { allowedEnvironment, gitEnvironment } from './environment.ts';

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
}

interface Run {
  readonly input?: string | Buffer;
  /** Let git fetch what a filter has left out, object by object. */
  readonly lazy?: boolean;
}

export interface Git {
  text(args: readonly string[], run?: Run): Promise<string>;
  /** `git cat-file`, whose output may be any bytes. */
  catFile(args: readonly string[], run?: Run): Promise<Buffer>;
}

const failureOf = (
  error: Buffer | Error | undefined,
  { exitCode, stdOut, stdErr }: { exitCode: number; stdOut: Buffer[]; stdErr: Buffer[] },
): Error | undefined => {
  if (error instanceof Error && !(error instanceof GitFailure) && exitCode === 0) return error;
  // Left alone, simple-git takes a git that was killed, or that failed without a word, for a success.
  if (exitCode === 0) return undefined;
  return new GitFailure(Buffer.concat(stdOut).toString(), Buffer.concat(stdErr).toString(), exitCode);
};

/** Runs git in one folder. A command that prints nothing costs 50 ms more than one that prints: never `--quiet`. */
export const createGit = ({ directory, repository, ambient, binary, signal }: GitOptions): Git => {
  const prepare = ({ input, lazy = false }: Run): SimpleGit =>
    simpleGit({
      baseDir: directory,
      abort: signal,
      allowEnvironment: allowedEnvironment,
      unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeExec: true },
      errors: failureOf,
      ...(binary !== undefined && { binary }),
      ...(input !== undefined && { input: () => input }),
    }).env(gitEnvironment(ambient, repository, { home: directory, lazy }));
  return {
    text: async (args, run = {}) => prepare(run).raw([...args]),
    catFile: async (args, run = {}) => {
      const output: unknown = await prepare(run).binaryCatFile([...args]);
      if (!Buffer.isBuffer(output)) throw new TypeError('git cat-file gave no bytes');
      return output;
    },
  };
};
