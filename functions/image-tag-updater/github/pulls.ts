import { Octokit } from '@octokit/core';
import { patiently, statusOf } from '#shared/clients/github/patient.ts';
import type { GithubRepository } from '#shared/clients/github/where.ts';
import { Upstream } from '#shared/handlers/errors.ts';

/** A pull request, as far as it matters here. */
export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  /** The base's commit when GitHub last looked. */
  readonly base: string;
}

export interface Branches {
  readonly head: string;
  readonly base: string;
}

interface Text {
  readonly title: string;
  readonly body: string;
}

export interface Pulls {
  /** The open one from this branch into that, of which GitHub allows one; and at which commits of it others have ended. */
  find(branches: Branches, signal: AbortSignal): Promise<{ open: Pull | undefined; ended: string[] }>;
  open(branches: Branches, text: Text, signal: AbortSignal): Promise<Pull>;
  /** Changes what a pull request says, where it says something else. */
  update(pull: Pull, text: Text, signal: AbortSignal): Promise<Pull>;
}

interface Answer {
  number: number;
  html_url: string;
  title: string;
  body: string | null;
  state: string;
  base: { sha: string };
}

const pullOf = ({ number, html_url: url, title, body, state, base }: Answer): Pull => ({
  ...{ number, url, title, body: (body ?? '').replaceAll('\r\n', '\n') },
  ...{ open: state === 'open', base: base.sha },
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Pull requests of one repository of GitHub. Throws `Upstream` that says what to do. */
export const createPulls = ({ api, owner, repo }: GithubRepository, token: string): Pulls => {
  const octokit = new Octokit({ baseUrl: api, auth: token, log: silent });
  const where = { owner, repo };
  const on = `${owner}/${repo}`;

  const find: Pulls['find'] = async ({ head, base }, signal) => {
    const { data } = await patiently(`list the pull requests of ${on}`, signal, () =>
      octokit.request('GET /repos/{owner}/{repo}/pulls', {
        ...where,
        ...{ head: `${owner}:${head}`, base, state: 'all', per_page: 30 },
        request: { signal },
      }),
    );
    // GitHub ignores a head that it does not understand.
    const from = data.filter((pull) => pull.head.ref === head);
    const found = from.find(({ state }) => state === 'open');
    const ended = from.filter(({ state }) => state === 'closed').map((pull) => pull.head.sha);
    return { open: found && pullOf(found), ended };
  };

  const update: Pulls['update'] = async (pull, { title, body }, signal) => {
    if (pull.title === title && pull.body === body) return pull;
    const { data } = await patiently(`change pull request #${pull.number} of ${on}`, signal, () =>
      octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
        ...where,
        ...{ pull_number: pull.number, title, body },
        request: { signal },
      }),
    );
    return pullOf(data);
  };

  return {
    find,
    update,
    open: async (branches, text, signal) => {
      const opened = await patiently(`open a pull request in ${on} from ${branches.head}`, signal, () =>
        octokit
          .request('POST /repos/{owner}/{repo}/pulls', { ...where, ...branches, ...text, request: { signal } })
          .catch((error: unknown) => {
            // It is there already: an answer was lost, or somebody was faster.
            if (statusOf(error) === 422) return undefined;
            throw error;
          }),
      );
      if (opened !== undefined) return pullOf(opened.data);
      const { open: there } = await find(branches, signal);
      if (there !== undefined) return update(there, text, signal);
      throw new Upstream(
        `GitHub did not open a pull request in ${on} from ${branches.head} into ${branches.base}: it finds nothing to merge, or a branch is missing. It is asked again later.`,
      );
    },
  };
};
