import { type GithubRepository, githubRepositoryOf } from '#shared/clients/github/where.ts';
import type { Config } from '#shared/config/config.ts';
import type { GitRepository, Wish } from '#shared/gitops/intent.ts';
import { type Offered, type OfferedPlace, offerBranch } from '#shared/gitops/offers/offer.ts';
import type { Writer } from '#shared/gitops/writer.ts';
import { InvalidInput } from '#shared/handlers/errors.ts';
import type { Pull, Pulls } from './github/pulls.ts';
import { pullTextOf } from './pull-request.ts';

type Gitops = Config['gitops'][string];

/** What was offered, and the pull request that it is in, if it is in one. */
export interface OfferedInPull extends Offered {
  readonly pull?: Pick<Pull, 'number' | 'url'> | undefined;
}

interface Dependencies {
  readonly access: (gitops: Gitops, needs: { pullRequests: true }, signal: AbortSignal) => Promise<GitRepository>;
  readonly writer: Pick<Writer, 'offer'>;
  readonly pulls: (repository: GithubRepository, token: string) => Pulls;
}

/** How often it begins again because a person has merged or closed the pull request in the meantime. */
const rounds = 3;

const openedBy = ({ name }: Gitops, { token }: GitRepository, where: GithubRepository | undefined) => {
  if (where === undefined)
    throw new InvalidInput(
      `gitops.${name}.repository is not a repository of GitHub, and pull requests are known there alone: set strategy: push.`,
    );
  if (token === undefined)
    throw new InvalidInput(
      `gitops.${name} has neither a GitHub App nor a token, which a pull request wants: see image-tag-updater's README.`,
    );
  return { where, token };
};

/** Puts wishes of one place into its pull request: the branch first, then what GitHub shows of it. */
export const createOffering =
  ({ access, writer, pulls }: Dependencies) =>
  async (gitops: Gitops, place: OfferedPlace, wishes: readonly Wish[], signal: AbortSignal): Promise<OfferedInPull> => {
    const repository = await access(gitops, { pullRequests: true }, signal);
    const { where, token } = openedBy(gitops, repository, githubRepositoryOf(gitops));
    const github = pulls(where, token);
    const branches = { head: offerBranch(place), base: repository.branch };
    for (let round = 1; ; round += 1) {
      const { open, ended } = await github.find(branches, signal);
      const offered = await writer.offer(repository, place, wishes, { isOpen: open !== undefined, ended }, signal);
      const { standing } = offered;
      if (standing === undefined) return offered;
      const text = pullTextOf(standing, place.environment);
      const pull =
        open === undefined ? await github.open(branches, text, signal) : await github.update(open, text, signal);
      // A new one shows the base that it goes into: another than ours, if the one before it was merged while we wrote.
      const isCurrent = pull.open && (open !== undefined || pull.base === standing.base);
      if (isCurrent || round === rounds) return { ...offered, pull };
    }
  };
