import { setTimeout as wait } from 'node:timers/promises';
import { writeApart } from './apart.ts';
import { fetchBase, PushDeclined, push } from './clone/exchange.ts';
import { createGit, type Git, GitFailure } from './clone/git.ts';
import { createHealing } from './clone/healing.ts';
import { importCommits } from './clone/import-commits.ts';
import { readSnapshot } from './clone/read-snapshot.ts';
import { signCommits } from './clone/sign-commits.ts';
import { readBase } from './clone/skeleton.ts';
import { createWarmRepositories } from './clone/warm.ts';
import { createGateway } from './gateway/gateway.ts';
import type { Author, GitRepository, Result, Wish } from './intent.ts';
import type { Brought, Offered, OfferedPlace, Pulls } from './offers/offer.ts';
import { readBrought, type Span } from './offers/read-brought.ts';
import { writeOffer } from './offers/write-offer.ts';
import { planCommits } from './plan.ts';
import { settle } from './settle.ts';
import { startAgent } from './ssh/agent.ts';
import { isOutside, upstreamError } from './upstream.ts';

export interface WriterOptions {
  /** Where copies stay warm; several writers may share it. */
  readonly directory: string;
  /** Our own environment, of which git sees PATH, proxies and certificates only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @default 'git' */
  readonly binary?: string | undefined;
  /** How often a push is tried that others are faster than. @default 12 */
  readonly tries?: number | undefined;
  /** What a kept copy may weigh, in bytes. @default 192 MiB */
  readonly maxBytes?: number | undefined;
  /** What all copies of all repositories may weigh, in bytes: Lambda's `/tmp` has 512 MB. @default 384 MiB */
  readonly maxTotalBytes?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

export interface Writer {
  /**
   * Writes the wishes of one repository, with one push. One result each, in their order; a refusal holds no other up, nor
   * does a commit that a hook of the server declines.
   * Throws `Upstream` when the repository can't be reached or written.
   */
  write(repository: GitRepository, intents: readonly Wish[], signal: AbortSignal): Promise<Result[]>;
  /** Puts the wishes of one place on its branch, for a pull request. Throws `Upstream`. */
  offer(
    repository: GitRepository,
    place: OfferedPlace,
    wishes: readonly Wish[],
    pulls: Pulls,
    signal: AbortSignal,
  ): Promise<Offered>;
  /** The images of a place that a merge brought, or that were on the branch of a pull request. Throws `Upstream`. */
  brought(repository: GitRepository, place: OfferedPlace, span: Span, signal: AbortSignal): Promise<Brought[]>;
}

const mebibyte = 1024 * 1024;

const defaultAuthor: Author = { name: 'Fairlead', email: 'fairlead@users.noreply.github.com' };

/** Between a half and the whole of 100 ms, doubled with each try, at most 3 s: so that racing writers come apart. */
const backOff = (attempt: number, signal: AbortSignal): Promise<void> =>
  wait(Math.min(3000, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2), undefined, { signal });

/** Puts images into GitOps repositories: no checkout, one commit per service, one push that expects its base. */
export const createWriter = (options: WriterOptions): Writer => {
  const { environment, binary, tries = 12, now = () => new Date() } = options;
  const { maxBytes = 192 * mebibyte, maxTotalBytes = 384 * mebibyte } = options;
  const gateway = createGateway(environment);
  const { heal } = createHealing(createWarmRepositories(options.directory, { maxBytes, maxTotalBytes }));

  /** Git in a copy that is this work's alone; by SSH, with an agent that ends with it. */
  const withGit = async <T>(
    repository: GitRepository,
    signal: AbortSignal,
    work: (git: Git) => Promise<T>,
  ): Promise<T> => {
    const agent = repository.ssh && (await startAgent(repository.ssh.key, repository.ssh.knownHosts));
    const options = { repository, ambient: environment, binary, signal, gateway, agent };
    try {
      return await heal(repository, signal, (directory) => work(createGit({ ...options, directory })));
    } finally {
      await agent?.close();
    }
  };

  const writeIn = async (git: Git, repository: GitRepository, intents: readonly Wish[], signal: AbortSignal) => {
    const { branch, author = defaultAuthor, subject, sign } = repository;
    const { directory } = git;
    let known = await readBase(directory);
    for (let attempt = 1; attempt <= tries; ) {
      const base = known ?? (await fetchBase(git, directory));
      const plan = planCommits(intents, await readSnapshot(git, base, intents), subject);
      if (plan.commits.length === 0) {
        // What a copy remembers may be old: only a push, or a fetch, can tell.
        if (known === undefined) return settle(intents, { git, branch, head: base, plan, commits: new Map() });
      } else {
        const unsigned = await importCommits(git, base, plan.commits, { author, now: now() });
        const made = sign === undefined ? unsigned : await signCommits(git, unsigned, sign);
        const head = made.at(-1)?.revision ?? base;
        const commits = new Map(made.flatMap((commit, at) => (plan.commits[at] ? [[plan.commits[at], commit]] : [])));
        const pushed = await push(git, branch, base, head).catch((error: unknown) => {
          const alone = new Set(intents.map(({ service }) => service)).size === 1;
          if (error instanceof PushDeclined && (error.always || alone)) return error;
          throw error;
        });
        if (pushed instanceof PushDeclined) {
          const declined = upstreamError(repository, intents, pushed, signal).message;
          return settle(intents, { git, branch, head: base, plan, commits, declined });
        }
        if (pushed) return settle(intents, { git, branch, head, plan, commits });
        await backOff(attempt, signal);
        attempt += 1;
      }
      known = undefined;
    }
    throw new GitFailure('', `others were faster ${tries} times`, null);
  };

  /** What fails outside is told as what a retry may heal. */
  const telling = async <T>(
    repository: GitRepository,
    concerned: readonly Pick<Wish, 'service' | 'environment'>[],
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted && !isOutside(error)) throw error;
      throw upstreamError(repository, concerned, error, signal);
    }
  };

  return {
    async write(repository, intents, signal) {
      if (intents.length === 0) return [];
      return telling(repository, intents, signal, () =>
        writeApart(intents, (some) => withGit(repository, signal, (git) => writeIn(git, repository, some, signal))),
      );
    },

    async offer(repository, place, wishes, pulls, signal) {
      const { author = defaultAuthor } = repository;
      const offerIn = async (git: Git): Promise<Offered> => {
        for (let attempt = 1; attempt <= tries; attempt += 1) {
          const writing = { git, repository, author, now: now() };
          const offered = await writeOffer(writing, place, wishes, pulls);
          if (offered !== undefined) return offered;
          await backOff(attempt, signal);
        }
        throw new GitFailure('', `others were faster ${tries} times`, null);
      };
      const declined = (error: unknown): Offered => {
        if (!(error instanceof PushDeclined)) throw error;
        const { message } = upstreamError(repository, [place], error, signal);
        return { results: wishes.map(() => ({ outcome: 'declined', message })), replaced: [] };
      };
      return telling(repository, [place], signal, () => withGit(repository, signal, offerIn).catch(declined));
    },

    async brought(repository, place, span, signal) {
      const read = (git: Git) => readBrought(git, place, span);
      return telling(repository, [place], signal, () => withGit(repository, signal, read));
    },
  };
};
