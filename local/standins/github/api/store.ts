import type { RefUpdate } from '#local/git-server/push.ts';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { runGit } from '#local/git-server/run-git.ts';
import type { RepositoryFacts } from '../repository.ts';
import { type Answer, invalid, notFound, refused } from './answer.ts';
import { type MergeMethod, mergePull } from './merge.ts';
import { type Pull, pullOf, pullPayload } from './pulls.ts';

export interface StoreOptions {
  readonly now: () => number;
  readonly factsOf: (name: string) => RepositoryFacts;
  /** Sends a webhook. */
  readonly tell: (event: string, repository: string, payload: object) => void;
  /** Tells of a ref that was changed here, and not by a push. */
  readonly moved: (repository: ServedRepository, update: RefUpdate) => void;
}

interface NewPull {
  readonly title: string;
  readonly head: string;
  readonly base: string;
  readonly body: string;
}

interface Asked {
  readonly head: string | undefined;
  readonly base: string | undefined;
  readonly state: string;
}

const noCommit = '0'.repeat(40);

/** The pull requests of all repositories, which follow their branches as GitHub's do. */
export const createPulls = ({ now, factsOf, tell, moved }: StoreOptions) => {
  const pulls: Pull[] = [];
  const of = ({ name }: ServedRepository): Pull[] => pulls.filter(({ repository }) => repository.name === name);
  const shown = (pull: Pull) => pullOf(pull, factsOf(pull.repository.name));

  const announce = (action: string, pull: Pull, sender: string): void => {
    pull.updatedAt = Math.max(now(), pull.updatedAt + 1000); // GitHub's times have whole seconds
    const facts = factsOf(pull.repository.name);
    tell('pull_request', pull.repository.name, pullPayload(action, pull, facts, sender));
  };

  const find = (repository: ServedRepository, number: number): Pull | undefined =>
    of(repository).find((pull) => pull.number === number);

  const close = (pull: Pull, sender: string): void => {
    pull.state = 'closed';
    announce('closed', pull, sender);
  };

  return {
    list: (repository: ServedRepository, { head, base, state }: Asked): Answer => {
      const [owner] = repository.name.split('/');
      // Without its owner in front GitHub ignores the head, and gives all.
      const branch = head?.startsWith(`${owner}:`) ? head.slice(`${owner}:`.length) : undefined;
      const found = of(repository).filter(
        (pull) =>
          (state === 'all' || pull.state === state) &&
          (branch === undefined || pull.head === branch) &&
          (base === undefined || pull.base === base),
      );
      return { status: 200, body: found.toReversed().map(shown) };
    },

    create: async (repository: ServedRepository, { head, base, title, body }: NewPull, by: string): Promise<Answer> => {
      const [headSha, baseSha] = [await repository.head(head), await repository.head(base)];
      const wrong = (field: string) => ({ resource: 'PullRequest', field, code: 'invalid' });
      if (headSha === undefined) return invalid(wrong('head'));
      if (baseSha === undefined) return invalid(wrong('base'));
      const custom = (message: string) => invalid({ resource: 'PullRequest', code: 'custom', message });
      const [owner] = repository.name.split('/');
      if (of(repository).some((pull) => pull.state === 'open' && pull.head === head && pull.base === base))
        return custom(`A pull request already exists for ${owner}:${head}.`);
      const between = await runGit(repository.directory, ['rev-list', '--max-count=1', headSha, `^${baseSha}`]);
      if (between.length === 0) return custom(`No commits between ${base} and ${head}`);
      const at = now();
      const number = of(repository).length + 1;
      const shas = { headSha, baseSha, createdAt: at, updatedAt: at };
      const pull: Pull = { number, repository, head, base, title, body, by, state: 'open', ...shas };
      pulls.push(pull);
      announce('opened', pull, by);
      return { status: 201, body: shown(pull) };
    },

    edit: (repository: ServedRepository, number: number, change: Partial<NewPull> & { state?: string }, by: string) => {
      const pull = find(repository, number);
      if (pull === undefined) return notFound;
      pull.title = change.title ?? pull.title;
      pull.body = change.body ?? pull.body;
      if (change.state === 'closed' && pull.state === 'open') close(pull, by);
      else announce('edited', pull, by);
      return { status: 200, body: shown(pull) };
    },

    merge: async (repository: ServedRepository, number: number, method: MergeMethod, by: string): Promise<Answer> => {
      const pull = find(repository, number);
      if (pull === undefined) return notFound;
      const before = await repository.head(pull.base);
      const commit = pull.state === 'open' ? await mergePull(pull, method) : undefined;
      if (commit === undefined || before === undefined) return refused(405, 'Pull Request is not mergeable');
      pull.merged = { commit, by, at: now() };
      moved(repository, { ref: `refs/heads/${pull.base}`, before, after: commit });
      close(pull, by);
      return { status: 200, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } };
    },

    /** A branch was pushed: the pull requests from it follow, and those into it know. */
    pushed: async (repository: ServedRepository, { ref, after }: RefUpdate): Promise<void> => {
      for (const pull of of(repository).filter(({ state, head }) => state === 'open' && ref === `refs/heads/${head}`)) {
        if (after === noCommit) close(pull, pull.by);
        else {
          pull.headSha = after;
          pull.baseSha = (await repository.head(pull.base)) ?? pull.baseSha;
          announce('synchronize', pull, pull.by);
        }
      }
    },

    all: (repository: string): readonly Pull[] => pulls.filter((pull) => pull.repository.name === repository),
  };
};
